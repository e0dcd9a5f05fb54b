#include "runtime/sys/open_beneath.h"

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <utility>

namespace mabplan::runtime {

Fd open_beneath(int root, std::string_view path, int flags) {
    Fd held;
    int directory = root;
    for (;;) {
        const std::size_t slash = path.find('/');
        const std::string name(path.substr(0, slash));
        if (name == "..") {
            errno = ENOENT;
            return {};
        }
        const bool last = slash == std::string_view::npos;
        Fd next(::openat(directory, name.c_str(), O_CLOEXEC | O_NOFOLLOW | (last ? flags : O_PATH | O_DIRECTORY)));
        if (last || !next.valid()) return next;
        held = std::move(next);
        directory = held.get();
        path.remove_prefix(slash + 1);
    }
}

}  // namespace mabplan::runtime
