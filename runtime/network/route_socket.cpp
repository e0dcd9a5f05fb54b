#include "runtime/network/route_socket.h"

#include "plans/base/format.h"
#include "runtime/sys/system_error.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace mabplan::runtime {

namespace {

struct BinaryAddress {
    unsigned char family = AF_INET;
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    std::size_t length = sizeof(in_addr);
};

Result<BinaryAddress> to_binary(const std::string& text) {
    BinaryAddress out;
    if (text.find(':') != std::string::npos) out = {AF_INET6, {}, sizeof(in6_addr)};
    if (::inet_pton(out.family, text.c_str(), out.bytes.data()) != 1) return fail(ErrorKind::Internal, format("{} is no address", text));
    return out;
}

// `prefix_bits`: of the destination; 0 for the default route.
rtmsg route_of(const BinaryAddress& address, unsigned char type, std::uint8_t prefix_bits) {
    rtmsg header{};
    header.rtm_family = address.family;
    header.rtm_dst_len = prefix_bits;
    header.rtm_table = RT_TABLE_MAIN;
    header.rtm_protocol = RTPROT_STATIC;
    header.rtm_scope = RT_SCOPE_UNIVERSE;
    header.rtm_type = type;
    return header;
}

constexpr std::size_t kHeadBytes = NLMSG_ALIGN(sizeof(nlmsghdr));

template <class Body>
const Body& body_of(const nlmsghdr* message) {
    return *reinterpret_cast<const Body*>(reinterpret_cast<const char*>(message) + kHeadBytes);
}

}  // namespace

// A request, built up in place.
class RouteSocket::Message {
public:
    template <class Header>
    Message(std::uint16_t type, std::uint16_t flags, const Header& header) {
        auto* start = this->start();
        start->nlmsg_type = type;
        start->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
        start->nlmsg_len = NLMSG_LENGTH(sizeof header);
        std::memcpy(buffer_.data() + kHeadBytes, &header, sizeof header);
    }
    void add(std::uint16_t type, const void* bytes, std::size_t length) {
        const std::size_t at = NLMSG_ALIGN(start()->nlmsg_len);
        const rtattr head{static_cast<std::uint16_t>(RTA_LENGTH(length)), type};
        std::memcpy(buffer_.data() + at, &head, sizeof head);
        std::memcpy(buffer_.data() + at + RTA_LENGTH(0), bytes, length);
        start()->nlmsg_len = static_cast<std::uint32_t>(at + RTA_ALIGN(RTA_LENGTH(length)));
    }
    void add(std::uint16_t type, const BinaryAddress& address) { add(type, address.bytes.data(), address.length); }
    void add(std::uint16_t type, int number) { add(type, &number, sizeof number); }
    void add(std::uint16_t type, const std::string& name) { add(type, name.c_str(), name.size() + 1); }
    nlmsghdr* start() { return reinterpret_cast<nlmsghdr*>(buffer_.data()); }

private:
    alignas(nlmsghdr) std::array<char, 512> buffer_{};
};

Result<RouteSocket> RouteSocket::open() {
    Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!socket.valid()) return system_error(errno, "open", "a netlink socket");
    return RouteSocket(std::move(socket));
}

Result<RouteSocket::Answer> RouteSocket::ask(Message& message) {
    nlmsghdr* request = message.start();
    request->nlmsg_seq = ++sequence_;
    if (::send(socket_.get(), request, request->nlmsg_len, 0) < 0) return system_error(errno, "send to", "the kernel's netlink socket");
    alignas(nlmsghdr) std::array<char, 16384> buffer{};
    ssize_t count = 0;
    while ((count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0)) < 0 && errno == EINTR) {
    }
    const auto* answer = reinterpret_cast<const nlmsghdr*>(buffer.data());
    if (count < 0 || !NLMSG_OK(answer, static_cast<std::size_t>(count)))
        return system_error(count < 0 ? errno : EIO, "read from", "the kernel's netlink socket");
    if (answer->nlmsg_type == NLMSG_ERROR) return Answer{-body_of<nlmsgerr>(answer).error, 0};
    return Answer{0, body_of<ifinfomsg>(answer).ifi_index};
}

Status RouteSocket::order(Message& message, const char* doing) {
    MABPLAN_TRY(answer, ask(message));
    return answer.error == 0 ? Status{} : Status(system_error(answer.error, doing, "a network of its own"));
}

Result<std::optional<int>> RouteSocket::find_interface(const std::string& name) {
    Message message(RTM_GETLINK, 0, ifinfomsg{});
    message.add(IFLA_IFNAME, name);
    MABPLAN_TRY(answer, ask(message));
    if (answer.error == ENODEV) return std::optional<int>{};
    if (answer.error != 0) return system_error(answer.error, "look for an interface of", "a network of its own");
    return std::optional(answer.interface);
}

Status RouteSocket::set_up(int interface, std::uint32_t mtu) {
    ifinfomsg header{};
    header.ifi_index = interface;
    header.ifi_flags = IFF_UP;
    header.ifi_change = IFF_UP;
    Message message(RTM_NEWLINK, NLM_F_ACK, header);
    if (mtu != 0) message.add(IFLA_MTU, &mtu, sizeof mtu);
    return order(message, "switch on an interface of");
}

Status RouteSocket::move(int interface, const std::string& name, int target_namespace) {
    ifinfomsg header{};
    header.ifi_index = interface;
    Message message(RTM_NEWLINK, NLM_F_ACK, header);
    message.add(IFLA_IFNAME, name);
    message.add(IFLA_NET_NS_FD, target_namespace);
    return order(message, "move the interface to");
}

Status RouteSocket::add_address(int interface, const NetworkAddress& address) {
    MABPLAN_TRY(binary, to_binary(address.address));
    ifaddrmsg header{};
    header.ifa_family = binary.family;
    header.ifa_prefixlen = address.prefix_bits;
    header.ifa_flags = IFA_F_NODAD;  // nobody else can have it: it is to be used at once
    header.ifa_index = static_cast<unsigned>(interface);
    Message message(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, header);
    message.add(IFA_LOCAL, binary);
    message.add(IFA_ADDRESS, binary);
    return order(message, "add an address to");
}

Status RouteSocket::add_default_route(int interface, const std::string& gateway) {
    MABPLAN_TRY(binary, to_binary(gateway));
    Message message(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, route_of(binary, RTN_UNICAST, 0));
    message.add(RTA_GATEWAY, binary);
    message.add(RTA_OIF, interface);
    return order(message, "add a route to");
}

Status RouteSocket::refuse(const NetworkAddress& destination) {
    MABPLAN_TRY(binary, to_binary(destination.address));
    Message message(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, route_of(binary, RTN_UNREACHABLE, destination.prefix_bits));
    message.add(RTA_DST, binary);
    return order(message, "add a route to");
}

}  // namespace mabplan::runtime
