// What is asked of the kernel about the interfaces and routes of one network namespace (rtnetlink(7)). Knows no programs and no steps.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/fd.h"

#include <cstdint>
#include <optional>
#include <string>

namespace mabplan::runtime {

// An address of either family as text ("10.0.2.100", "fd00::100") and the bits of its network.
struct NetworkAddress {
    std::string address;
    std::uint8_t prefix_bits = 0;
};

constexpr int kLoopbackIndex = 1;  // in every namespace

class RouteSocket {
public:
    // Of the namespace of the calling thread, also when that has gone on to another one. All errors are of kind Environment.
    static Result<RouteSocket> open();

    // The index of an interface; nothing if there is none of this name.
    Result<std::optional<int>> find_interface(const std::string& name);
    // `mtu` in bytes; 0: as it is.
    Status set_up(int interface, std::uint32_t mtu = 0);
    // Moves an interface to the namespace that a descriptor stands for. It keeps its name, loses its addresses, and is down.
    Status move(int interface, const std::string& name, int target_namespace);
    Status add_address(int interface, const NetworkAddress& address);
    Status add_default_route(int interface, const std::string& gateway);
    // What is sent there is refused at once.
    Status refuse(const NetworkAddress& destination);

private:
    explicit RouteSocket(Fd socket) : socket_(std::move(socket)) {}
    class Message;
    struct Answer {
        int error = 0;      // errno
        int interface = 0;  // index of what is described, if anything is
    };
    Result<Answer> ask(Message& message);
    Status order(Message& message, const char* doing);

    Fd socket_;
    std::uint32_t sequence_ = 0;
};

}  // namespace mabplan::runtime
