#include "tools/mabplan/standard_output.h"

#include "plans/base/format.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace mabplan::tools {

void occupy_standard_descriptors() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
        // the lowest one that is free, which is this one; standard output can be read only, so that writing to it fails
        static_cast<void>(::open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY));
    }
}

// What is lost is found at the end.
void put_out(std::string_view text) { static_cast<void>(std::fwrite(text.data(), 1, text.size(), stdout)); }

Status finish_standard_output() {
    errno = 0;
    const bool failed_before = std::ferror(stdout) != 0;
    const bool flushed = std::fflush(stdout) == 0;
    if (flushed && !failed_before) return {};
    const int number = errno != 0 ? errno : EIO;
    return fail(ErrorKind::Environment, format("cannot write to standard output: {}", std::generic_category().message(number)));
}

}  // namespace mabplan::tools
