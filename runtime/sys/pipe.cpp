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

}  // namespace mabplan::runtime
