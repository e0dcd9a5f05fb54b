#include "runtime/context/layer_xattrs.h"

#include "plans/base/text.h"
#include "plans/tree/layer_xattr.h"

#include <sys/xattr.h>

#include <array>
#include <cerrno>

namespace mabplan::runtime {

namespace {

// The names, each ended by a zero byte. Most files have none: one call on a small buffer.
std::string list_xattrs(int fd) {
    std::array<char, 512> small{};
    const ssize_t length = ::flistxattr(fd, small.data(), small.size());
    if (length >= 0) return {small.data(), static_cast<std::size_t>(length)};
    if (errno != ERANGE) return {};
    std::string names(65536, '\0');  // XATTR_LIST_MAX
    const ssize_t whole = ::flistxattr(fd, names.data(), names.size());
    names.resize(whole < 0 ? 0 : static_cast<std::size_t>(whole));
    return names;
}

}  // namespace

std::map<std::string, std::string> read_layer_xattrs(int fd) {
    std::map<std::string, std::string> xattrs;
    const std::string names = list_xattrs(fd);
    for (const std::string_view part : split(names, '\0')) {
        if (!is_layer_xattr(part)) continue;
        const std::string name(part);
        std::string value(65536, '\0');  // XATTR_SIZE_MAX
        const ssize_t length = ::fgetxattr(fd, name.c_str(), value.data(), value.size());
        if (length < 0) continue;  // gone meanwhile
        value.resize(static_cast<std::size_t>(length));
        xattrs.emplace(name, std::move(value));
    }
    return xattrs;
}

}  // namespace mabplan::runtime
