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

constexpr std::uint32_t kTypeAt = 12;         // in an Ethernet frame
constexpr std::uint32_t kDestinationAt = 30;  // of IPv4 in it
constexpr std::uint32_t kLinkLocal = 0xa9fe;  // its upper half
constexpr std::uint32_t kAll = 0xffffffffU;

// The number of the descriptor of the tunnel in a process.
std::optional<int> find_tunnel(pid_t process) {
    const std::string folder = format("/proc/{}/fd", process);
    const auto names = list_names(folder);
    if (!names) return std::nullopt;
    for (const std::string& name : *names) {
        std::array<char, 64> target{};
        const ssize_t length = ::readlink(format("{}/{}", folder, name).c_str(), target.data(), target.size());
        if (length > 0 && std::string_view(target.data(), static_cast<std::size_t>(length)).ends_with("/net/tun")) return std::stoi(name);
    }
    return std::nullopt;
}

Result<Fd> copy_of_descriptor(pid_t process, int number) {
    const Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
    if (!handle.valid()) return system_error(errno, "open a handle of", format("process {}", process));
    Fd copy(static_cast<int>(::syscall(SYS_pidfd_getfd, handle.get(), number, 0)));
    if (!copy.valid()) return system_error(errno, "copy a descriptor of", format("process {}", process));
    return copy;
}

Status attach_filter(const Fd& tunnel) {
    std::array program{
        sock_filter BPF_STMT(BPF_LD | BPF_H | BPF_ABS, kTypeAt),        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 3),
        sock_filter BPF_STMT(BPF_LD | BPF_H | BPF_ABS, kDestinationAt), sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kLinkLocal, 0, 1),
        sock_filter BPF_STMT(BPF_RET | BPF_K, 0),                       sock_filter BPF_STMT(BPF_RET | BPF_K, kAll)};
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    if (::ioctl(tunnel.get(), TUNATTACHFILTER, &filter) != 0) return system_error(errno, "filter", "the tunnel of a network");
    return {};
}

}  // namespace

Result<std::optional<FilteredTunnel>> drop_link_local(const std::vector<pid_t>& processes) {
    for (const pid_t process : processes)
        if (const auto number = find_tunnel(process)) {
            MABPLAN_TRY(tunnel, copy_of_descriptor(process, *number));
            MABPLAN_CHECK(attach_filter(tunnel));
            return std::optional(FilteredTunnel{});
        }
    return std::optional<FilteredTunnel>{};
}

}  // namespace mabplan::runtime
