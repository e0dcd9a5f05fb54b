#include "runtime/sys/pipe.h"

#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace mabplan::runtime {

Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_error(errno, "make", "a pipe");
    return Pipe{Fd(ends[0]), Fd(ends[1])};
}

std::string read_to_end(int fd) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

}  // namespace mabplan::runtime
