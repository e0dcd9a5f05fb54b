#include "runtime/sys/stop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace mabplan::runtime {

namespace {

// Fails only where it is readable already.
void wake(int event) noexcept {
    const int kept = errno;
    const std::uint64_t one = 1;
    static_cast<void>(::write(event, &one, sizeof one) == sizeof one);
    errno = kept;
}

}  // namespace

Stop::Stop() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Stop::interrupt(int signal) noexcept {
    signal_ = signal;
    interrupted_ = true;
    wake(event_.get());
}

void Stop::give_up() noexcept {
    given_up_ = true;
    wake(event_.get());
}

void Stop::begin_anew() noexcept {
    std::uint64_t times = 0;
    static_cast<void>(::read(event_.get(), &times, sizeof times) == sizeof times);
    given_up_ = false;
    if (interrupted_.load()) wake(event_.get());
}

}  // namespace mabplan::runtime
