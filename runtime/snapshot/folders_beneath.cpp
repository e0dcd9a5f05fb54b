#include "runtime/snapshot/folders_beneath.h"

#include "plans/base/text.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>

#include <cerrno>
#include <cstddef>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kRemembered = 64;  // directories: more than most trees are deep, fewer than files may be open

Result<Fd> open_component(int parent, const std::string& name, std::string_view path, const FoldersBeneath::Make& make) {
    constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    Fd handle(::openat(parent, name.c_str(), kFlags));
    if (!handle.valid() && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)) {
        MABPLAN_CHECK(make(parent, name, std::string(path)));
        handle.reset(::openat(parent, name.c_str(), kFlags));
    }
    if (!handle.valid()) return system_error(errno, "open the folder", path);
    return handle;
}

}  // namespace

// Of a way that is longer than what is remembered the end is: whoever walks a deep tree stays down there.
Result<int> FoldersBeneath::open(std::string_view path, const Make& make) {
    const std::vector<std::string_view> names = path == "." ? std::vector<std::string_view>() : split(path, '/');
    std::size_t known = 0;
    while (known < way_.size() && known < names.size() && way_[known].name == names[known]) ++known;
    way_.resize(known);
    while (!way_.empty() && !way_.back().handle.valid()) way_.pop_back();
    std::size_t end = 0;  // of the part of `path` that is open
    for (std::size_t index = 0; index < names.size(); ++index) {
        end += names[index].size() + (index > 0 ? 1 : 0);
        if (index < way_.size()) continue;
        std::string name(names[index]);
        MABPLAN_TRY(handle, open_component(last(), name, path.substr(0, end), make));
        way_.push_back({std::move(name), std::move(handle)});
        if (way_.size() > kRemembered) way_[way_.size() - 1 - kRemembered].handle.reset();
    }
    return last();
}

void FoldersBeneath::forget(std::string_view path) {
    const std::vector<std::string_view> names = split(path, '/');
    for (std::size_t index = 0; index < names.size(); ++index)
        if (index == way_.size() || way_[index].name != names[index]) return;
    way_.resize(names.size() - 1);
}

}  // namespace mabplan::runtime
