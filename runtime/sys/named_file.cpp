#include "runtime/sys/named_file.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace mabplan::runtime {

namespace {

const char* kind_shown(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFIFO: return "a fifo";
        case S_IFSOCK: return "a socket";
        default: return "a device";
    }
}

}  // namespace

bool names_descriptor(std::string_view path) { return path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/"); }

Result<Fd> open_to_read(const std::string& path, ErrorKind otherwise) {
    const bool may_be_pipe = path == "/dev/stdin" || names_descriptor(path);  // bash's <(command) is such a name
    Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | (may_be_pipe ? 0 : O_NONBLOCK)));
    const int why = errno;
    struct stat facts {};
    if (!file.valid() && (why != ENXIO || ::stat(path.c_str(), &facts) != 0)) return system_error(why, "open", path, otherwise);
    if (file.valid() && ::fstat(file.get(), &facts) != 0) return system_error(errno, "read", path, otherwise);
    if (S_ISDIR(facts.st_mode)) return system_error(EISDIR, "read", path, otherwise);
    const bool readable = S_ISREG(facts.st_mode) || S_ISCHR(facts.st_mode) || (may_be_pipe && S_ISFIFO(facts.st_mode));
    if (!readable) return fail(otherwise, format("{} is {}: expected a regular file", quoted(path), kind_shown(facts.st_mode)));
    if (!file.valid()) return system_error(why, "open", path, otherwise);
    return file;
}

}  // namespace mabplan::runtime
