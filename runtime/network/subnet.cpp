#include "runtime/network/subnet.h"

#include "plans/base/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::array kPrefixes{"10.0.2", "10.191.57", "172.29.213", "192.168.241", "10.230.118"};
constexpr std::uint32_t kSubnetMask = 0xffffff00U;

struct Route {
    std::uint32_t destination = 0;  // host order
    std::uint32_t mask = 0;
};

std::optional<std::uint32_t> parse_hexadecimal(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// Destination and mask are the second and the eighth column, in the byte order of the network.
std::vector<Route> parse_routes(std::string_view text) {
    std::vector<Route> out;
    for (const std::string_view line : split(text, '\n')) {
        const auto words = split_blanks(line);
        if (words.size() < 8) continue;
        const auto destination = parse_hexadecimal(words[1]);
        const auto mask = parse_hexadecimal(words[7]);
        if (destination && mask) out.push_back({ntohl(*destination), ntohl(*mask)});
    }
    return out;
}

std::uint32_t network_of(const std::string& prefix) {
    in_addr address{};
    ::inet_pton(AF_INET, (prefix + ".0").c_str(), &address);
    return ntohl(address.s_addr);
}

}  // namespace

Subnet choose_subnet(std::string_view routes, const std::vector<std::string>& reached) {
    std::vector<Route> known = parse_routes(routes);
    for (const std::string& address : reached)
        if (in_addr number{}; ::inet_pton(AF_INET, address.c_str(), &number) == 1) known.push_back({ntohl(number.s_addr), kSubnetMask});
    for (const char* prefix : kPrefixes) {
        const std::uint32_t network = network_of(prefix);
        const bool used = std::any_of(known.begin(), known.end(), [&](const Route& route) {
            const std::uint32_t mask = route.mask & kSubnetMask;
            return route.mask != 0 && (route.destination & mask) == (network & mask);
        });
        if (!used) return {prefix};
    }
    return {};
}

// Of each line destination and its length come first, the flags ninth and the interface last. Without a way out the kernel has a default
// route at the loopback, which refuses.
bool has_default_ipv6_route(std::string_view routes) {
    const auto lines = split(routes, '\n');
    return std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
        const auto words = split_blanks(line);
        return words.size() >= 10 && words[0].find_first_not_of('0') == std::string_view::npos && words[1] == "00" && words[9] != "lo";
    });
}

}  // namespace mabplan::runtime
