#include "runtime/sys/file_lock.h"

#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace mabplan::runtime {

Status hold_lock(const Fd& file, int operation, const std::string& path) {
    while (::flock(file.get(), operation) != 0)
        if (errno != EINTR) return system_error(errno, "lock", path);
    return {};
}

Result<Fd> lock_file(const std::string& path, int operation) {
    MABPLAN_TRY(file, open_file(path, O_RDWR | O_CREAT, 0600));
    MABPLAN_CHECK(hold_lock(file, operation, path));
    return file;
}

}  // namespace mabplan::runtime
