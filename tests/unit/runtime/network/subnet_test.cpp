#include "runtime/network/subnet.h"

#include <doctest/doctest.h>

using namespace mabplan::runtime;

namespace {

// /proc/net/route with these destinations and masks, as a little-endian kernel writes them.
std::string routes(const std::string& destination, const std::string& mask) {
    return "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
           "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
           "eth0\t" +
           destination + "\t00000000\t0001\t0\t0\t0\t" + mask + "\t0\t0\t0\n";
}

}  // namespace

TEST_CASE("the addresses of a step's network are in none that the host is in") {
    CHECK(choose_subnet("").prefix == "10.0.2");
    CHECK(choose_subnet(routes("000200C0", "00FFFFFF")).prefix == "10.0.2");      // 192.0.2.0/24
    CHECK(choose_subnet(routes("0002000A", "00FFFFFF")).prefix == "10.191.57");   // 10.0.2.0/24
    CHECK(choose_subnet(routes("0003000A", "00FFFFFF")).prefix == "10.0.2");      // 10.0.3.0/24
    CHECK(choose_subnet(routes("8002000A", "80FFFFFF")).prefix == "10.191.57");   // 10.0.2.128/25: a part of it
    CHECK(choose_subnet(routes("0000000A", "000000FF")).prefix == "172.29.213");  // 10.0.0.0/8: all of it
    CHECK(choose_subnet("", {"192.0.2.53", "10.0.2.53"}).prefix == "10.191.57");
    CHECK(choose_subnet(routes("0002000A", "00FFFFFF"), {"10.191.57.1", "fd00::53", "a name"}).prefix == "172.29.213");
    const Subnet subnet{"172.29.213"};
    CHECK(subnet.network() == "172.29.213.0/24");
    CHECK(subnet.gateway() == "172.29.213.2");
    CHECK(subnet.forwarder() == "172.29.213.3");
    CHECK(subnet.own() == "172.29.213.100");
}

TEST_CASE("IPv6 is there where a default route leads out") {
    const std::string none = "00000000000000000000000000000000 ";
    const std::string via = "fe800000000000000000000000000001 00000400 00000002 00000000 00000003     ";
    CHECK(has_default_ipv6_route(none + "00 " + none + "00 " + via + "eth0\n"));
    CHECK(!has_default_ipv6_route(none + "00 " + none + "00 " + via + "lo\n"));
    CHECK(!has_default_ipv6_route(none + "40 " + none + "00 " + via + "eth0\n"));
    CHECK(!has_default_ipv6_route("20010db8000000000000000000000000 00 " + none + "00 " + via + "eth0\n"));
    CHECK(!has_default_ipv6_route(""));
}
