#include "runtime/sandbox/terminal_relay.h"

#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kBufferBytes = 65536;

// One byte, beside which a descriptor travels (unix(7), SCM_RIGHTS).
struct DescriptorMessage {
    char byte = 0;
    iovec bytes{&byte, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr header{nullptr, 0, &bytes, 1, control.data(), control.size(), 0};
};

}  // namespace

bool send_descriptor(int socket, int descriptor) {
    DescriptorMessage message;
    cmsghdr* part = CMSG_FIRSTHDR(&message.header);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(part), &descriptor, sizeof descriptor);
    return ::sendmsg(socket, &message.header, MSG_NOSIGNAL) == 1;
}

Result<TerminalRelay> TerminalRelay::open(const TerminalEnds& ends) {
    TerminalRelay relay(ends);
    std::array<int, 2> sockets{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()) != 0) return system_error(errno, "make", "a socket");
    relay.socket_.reset(sockets[0]);
    relay.child_end_.reset(sockets[1]);
    return relay;
}

void TerminalRelay::await(Events events) const {
    enum : std::size_t { kSocket, kInput, kTerminal, kResized };
    events[kSocket] = {socket_.get(), POLLIN, 0};
    events[kInput] = {terminal_.valid() && typed_.empty() ? ends_.input : -1, POLLIN, 0};
    events[kTerminal] = {terminal_.get(), static_cast<short>(typed_.empty() ? POLLIN : POLLIN | POLLOUT), 0};
    events[kResized] = {terminal_.valid() ? ends_.resized : -1, POLLIN, 0};
}

void TerminalRelay::handle(std::span<const pollfd, kEvents> events, OutputSink& sink) {
    if (events[0].revents != 0) receive_terminal();
    if (events[1].revents != 0) read_typed();
    if ((events[2].revents & POLLOUT) != 0) write_typed();
    if ((events[2].revents & ~POLLOUT) != 0) pass_said(sink);
    if (events[3].revents == 0) return;
    std::uint64_t times = 0;
    while (::read(ends_.resized, &times, sizeof times) < 0 && errno == EINTR) {
    }
    copy_size();
}

void TerminalRelay::drain(OutputSink& sink) {
    while (terminal_.valid() && pass_said(sink)) {
    }
}

// Where setting up failed there is none; then the socket is at its end.
void TerminalRelay::receive_terminal() {
    DescriptorMessage message;
    ssize_t count = 0;
    do count = ::recvmsg(socket_.get(), &message.header, MSG_CMSG_CLOEXEC);
    while (count < 0 && errno == EINTR);
    socket_.reset();
    const cmsghdr* part = count == 1 ? CMSG_FIRSTHDR(&message.header) : nullptr;
    if (part == nullptr || part->cmsg_type != SCM_RIGHTS || part->cmsg_len != CMSG_LEN(sizeof(int))) return;
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(part), sizeof descriptor);
    terminal_.reset(descriptor);
    ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
    copy_size();
}

winsize TerminalRelay::shown_size() const {
    winsize size{};
    return ends_.size_of >= 0 && ::ioctl(ends_.size_of, TIOCGWINSZ, &size) == 0 ? size : winsize{};
}

void TerminalRelay::copy_size() const {
    if (const winsize size = shown_size(); size.ws_row > 0) ::ioctl(terminal_.get(), TIOCSWINSZ, &size);
}

void TerminalRelay::read_typed() {
    typed_.resize(kBufferBytes);
    const ssize_t count = ::read(ends_.input, typed_.data(), typed_.size());
    typed_.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    // nobody types there any more
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) ends_.input = -1;
}

void TerminalRelay::write_typed() {
    const ssize_t count = ::write(terminal_.get(), typed_.data(), typed_.size());
    if (count > 0) typed_.erase(0, static_cast<std::size_t>(count));
    else if (count < 0 && errno != EINTR && errno != EAGAIN) typed_.clear();
}

bool TerminalRelay::pass_said(OutputSink& sink) {
    std::array<char, kBufferBytes> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read(2) fills it
    const ssize_t count = ::read(terminal_.get(), buffer.data(), buffer.size());
    if (count > 0) {
        sink.output(STDOUT_FILENO, std::string_view(buffer.data(), static_cast<std::size_t>(count)));
        return true;
    }
    if (count < 0 && errno == EINTR) return true;
    // EIO: the last process that had it open is gone
    if (count == 0 || errno != EAGAIN) terminal_.reset();
    return false;
}

}  // namespace mabplan::runtime
