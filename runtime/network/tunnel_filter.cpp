#include "runtime/network/tunnel_filter.h"

#include "plans/base/format.h"
#include "runtime/sys/fd.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

namespace mabplan::runtime {

namespace {

// Where a frame says what it is for (Ethernet II, RFC 791 3.1, RFC 8200 3).
constexpr std::uint32_t kTypeAt = 12;
constexpr std::uint32_t kIpv4At = 30;
constexpr std::uint32_t kIpv6At = 38;
constexpr std::uint32_t kThisHost = 0;            // 0.0.0.0/8: the program at the other end takes it for itself
constexpr std::uint32_t kLoopback = 127;          // its upper byte
constexpr std::uint32_t kLinkLocalHalf = 0xa9fe;  // its upper half
constexpr std::uint32_t kAll = 0xffffffffU;

// The number of the descriptor of the tunnel in a process; nothing if it has none, or has ended.
Result<std::optional<int>> find_tunnel(pid_t process) {
    const std::string folder = format("/proc/{}/fd", process);
    const auto names = list_names(folder);
    if (!names && ::access(folder.c_str(), F_OK) == 0) return pass(names.error());
    for (const std::string& name : names.value_or(std::vector<std::string>())) {
        std::array<char, 64> target{};
        const ssize_t length = ::readlink(format("{}/{}", folder, name).c_str(), target.data(), target.size());
        if (length > 0 && std::string_view(target.data(), static_cast<std::size_t>(length)).ends_with("/net/tun"))
            return std::optional(std::stoi(name));
    }
    return std::optional<int>{};
}

Result<Fd> copy_of_descriptor(pid_t process, int number) {
    const Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
    if (!handle.valid()) return system_error(errno, "open a handle of", format("process {}", process));
    Fd copy(static_cast<int>(::syscall(SYS_pidfd_getfd, handle.get(), number, 0)));
    if (!copy.valid()) return system_error(errno, "copy a descriptor of", format("process {}", process));
    return copy;
}

sock_filter load(std::uint16_t size, std::uint32_t at) { return BPF_STMT(static_cast<std::uint16_t>(BPF_LD | BPF_ABS | size), at); }
sock_filter skip_if(std::uint32_t value, std::uint8_t yes, std::uint8_t no) { return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no); }

// The upper half of an IPv6 address is zero for ::, ::1, and for IPv4 in it (::ffff:a.b.c.d), which is never on a wire.
Status attach_filter(const Fd& tunnel) {
    // clang-format off: one instruction a line, for jumps count them
    std::array program{/*  0 */ load(BPF_H, kTypeAt),
                       /*  1 */ skip_if(ETH_P_IP, 0, 5),  // else 7
                       /*  2 */ load(BPF_B, kIpv4At),
                       /*  3 */ skip_if(kThisHost, 9, 0),  // 13
                       /*  4 */ skip_if(kLoopback, 8, 0),  // 13
                       /*  5 */ load(BPF_H, kIpv4At),
                       /*  6 */ skip_if(kLinkLocalHalf, 6, 5),  // 13, else 12
                       /*  7 */ skip_if(ETH_P_IPV6, 0, 4),      // else 12
                       /*  8 */ load(BPF_W, kIpv6At),
                       /*  9 */ skip_if(0, 0, 2),  // else 12
                       /* 10 */ load(BPF_W, kIpv6At + 4),
                       /* 11 */ skip_if(0, 1, 0),  // 13
                       /* 12 */ sock_filter BPF_STMT(BPF_RET | BPF_K, kAll),
                       /* 13 */ sock_filter BPF_STMT(BPF_RET | BPF_K, 0)};
    // clang-format on
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    if (::ioctl(tunnel.get(), TUNATTACHFILTER, &filter) != 0) return system_error(errno, "filter", "the tunnel of a network");
    return {};
}

}  // namespace

Result<std::optional<FilteredTunnel>> drop_unreachable(const std::vector<pid_t>& processes) {
    for (const pid_t process : processes) {
        MABPLAN_TRY(number, find_tunnel(process));
        if (!number) continue;
        MABPLAN_TRY(tunnel, copy_of_descriptor(process, *number));
        MABPLAN_CHECK(attach_filter(tunnel));
        return std::optional(FilteredTunnel{});
    }
    return std::optional<FilteredTunnel>{};
}

}  // namespace mabplan::runtime
