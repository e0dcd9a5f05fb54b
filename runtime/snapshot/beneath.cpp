#include "runtime/snapshot/beneath.h"

#include "plans/base/text.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>

#include <cerrno>
#include <cstddef>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kRemembered = 64;  // directories: more than trees are deep, fewer than files may be open

Result<Fd> open_component(int parent, const std::string& name, const std::string& path, const Beneath::Make& make) {
    constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    Fd handle(::openat(parent, name.c_str(), kFlags));
    if (!handle.valid() && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)) {
        MABPLAN_CHECK(make(parent, name, path));
        handle.reset(::openat(parent, name.c_str(), kFlags));
    }
    if (!handle.valid()) return system_error(errno, "open the folder", path);
    return handle;
}

}  // namespace

Result<int> Beneath::open(std::string_view path, const Make& make) {
    const std::vector<std::string_view> names = path == "." ? std::vector<std::string_view>() : split(path, '/');
    std::size_t known = 0;
    while (known < way_.size() && known < names.size() && way_[known].name == names[known]) ++known;
    way_.erase(way_.begin() + static_cast<std::ptrdiff_t>(known), way_.end());
    deep_.reset();
    std::size_t end = 0;  // of the part of `path` that is open
    for (std::size_t index = 0; index < names.size(); ++index) {
        end += names[index].size() + (index > 0 ? 1 : 0);
        if (index < known) continue;
        std::string name(names[index]);
        MABPLAN_TRY(handle, open_component(deep_.valid() ? deep_.get() : last(), name, std::string(path.substr(0, end)), make));
        if (way_.size() < kRemembered) way_.push_back({std::move(name), std::move(handle)});
        else deep_ = std::move(handle);
    }
    return deep_.valid() ? deep_.get() : last();
}

}  // namespace mabplan::runtime
