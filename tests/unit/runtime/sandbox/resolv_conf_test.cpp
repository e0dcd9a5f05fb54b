#include "runtime/sandbox/resolv_conf.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

constexpr const char* kPublic =
    "nameserver 8.8.8.8\nnameserver 8.8.4.4\nnameserver 2001:4860:4860::8888\nnameserver 2001:4860:4860::8844\n";

ResolvConf parsed(std::string_view text) { return ResolvConf::parse(text, "/etc/resolv.conf"); }
std::string again(std::string_view text) { return parsed(text).text(); }

std::string reachable(std::string_view text, Ipv6 ipv6) {
    ResolvConf conf = parsed(text);
    conf.keep_reachable(ipv6);
    return conf.text();
}

}  // namespace

TEST_CASE("a file is read and written again in order") {
    CHECK(again("") == "");
    CHECK(again("# c\n; c\n\n  \nnameserver 192.0.2.1 # first\nnameserver\t2001:DB8:0:0::1\r\n") ==
          "nameserver 192.0.2.1\nnameserver 2001:db8::1\n");
    CHECK(again("options a b\nsearch x\nnameserver 192.0.2.1\noptions c\n") == "nameserver 192.0.2.1\nsearch x\noptions a b c\n");
    CHECK(again("search a b\ndomain c\nsearch\n") == "search c\n");
    CHECK(again("sortlist 192.0.2.0\nlookup file") == "sortlist 192.0.2.0\nlookup file\n");
    CHECK(again("nameserver fe80::1%eth0") == "nameserver fe80::1%eth0\n");
    for (const char* text : {"nameserver", "nameserver 1.2.3", "nameserver 01.2.3.4", "nameserver host", "nameserver ::g",
                             "nameserver 1.2.3.4%eth0", "nameserver fe80::1%", "search", "options"})
        CHECK_MESSAGE(again(text) == "", text);
}

TEST_CASE("the last option of a name counts") {
    const ResolvConf conf = parsed("options ndots:1 edns0 ndots:2\noptions attempts:\n");
    CHECK(conf.option("ndots") == "2");
    CHECK(conf.option("edns0") == "");
    CHECK(conf.option("attempts") == "");
    CHECK(conf.option("ndot") == std::nullopt);
}

TEST_CASE("what is asked for replaces what the host has") {
    ResolvConf conf = parsed("nameserver 192.0.2.1\nsearch a\noptions ndots:1\nsortlist x\n");
    DnsSettings settings;
    settings.name_servers = {"2001:DB8::1"};
    settings.search = {"b", ".", "c"};
    settings.options = {"edns0"};
    CHECK(conf.replace(settings));
    CHECK(conf.text() == "nameserver 2001:db8::1\nsearch b c\noptions edns0\nsortlist x\n");
    settings.name_servers = settings.search = settings.options = std::vector<std::string>{};
    CHECK(conf.replace(settings));
    CHECK(conf.text() == "sortlist x\n");
    settings.name_servers = {"dns.example"};
    const Status refused = conf.replace(settings);
    REQUIRE(!refused);
    CHECK(refused.error().message == "the name server \"dns.example\" is no IP address");
}

TEST_CASE("a network of its own reaches no loopback address of the host") {
    CHECK(reachable("nameserver 192.0.2.1\nnameserver 127.0.0.53\nnameserver ::1\nnameserver ::ffff:127.0.0.1", Ipv6::On) ==
          "nameserver 192.0.2.1\n");
    CHECK(reachable("nameserver 192.0.2.1\nnameserver 2001:db8::1", Ipv6::Off) == "nameserver 192.0.2.1\n");
    CHECK(reachable("nameserver 192.0.2.1\nnameserver 2001:db8::1", Ipv6::On) == "nameserver 192.0.2.1\nnameserver 2001:db8::1\n");
    CHECK(reachable("nameserver 127.0.0.53\nsearch a", Ipv6::On) == kPublic + std::string("search a\n"));
    CHECK(reachable("", Ipv6::Off) == "nameserver 8.8.8.8\nnameserver 8.8.4.4\n");
    ResolvConf asked = parsed("nameserver 192.0.2.1");
    CHECK(asked.replace({std::vector<std::string>{"127.0.0.1"}, {}, {}}));
    asked.keep_reachable(Ipv6::Off);
    CHECK(asked.text() == "nameserver 127.0.0.1\n");
}

TEST_CASE("a network with a way out of its own does not reach servers that its own addresses hide") {
    const auto routable = [](std::string_view text) {
        ResolvConf conf = parsed(text);
        conf.keep_routable(Ipv6::On, "10.0.2.3");
        return conf.text();
    };
    CHECK(routable("nameserver fd00::53\nnameserver 2001:db8::1") == "nameserver 2001:db8::1\n");
    CHECK(routable("nameserver fd00::53") == "nameserver 10.0.2.3\n");
    CHECK(routable("nameserver fd00:0:0:1::53") == "nameserver fd00:0:0:1::53\n");
    CHECK(routable("nameserver fd00:0:0:1:2:3:4:5") == "nameserver fd00::1:2:3:4:5\n");
    CHECK(routable("nameserver fd00::1:2:3:4") == "nameserver 10.0.2.3\n");
    CHECK(needs_forwarder("nameserver fd00::53", Ipv6::On));
}

TEST_CASE("comments say where the file comes from") {
    ResolvConf conf = parsed("nameserver 1.2.3.4.5\noptions ndots:1\n");
    conf.set_header("# Ours");
    conf.add_option("edns0");
    conf.keep_reachable(Ipv6::Off);
    CHECK(conf.text(Comments::Shown) ==
          "# Ours\n\nnameserver 8.8.8.8\nnameserver 8.8.4.4\noptions ndots:1 edns0\n\n"
          "# Based on host file: '/etc/resolv.conf' (legacy)\n# Used default nameservers.\n# Invalid nameservers: [1.2.3.4.5]\n"
          "# Overrides: []\n# Option ndots from: host\n");
}

TEST_CASE("on the host's network its own servers are used, and public ones where it has none") {
    const auto made = [](std::string_view host, SandboxNetwork network) { return resolv_conf_for(host, network)->text(); };
    CHECK(made("nameserver 127.0.0.53\noptions edns0\n", SandboxNetwork::Host) == "nameserver 127.0.0.53\noptions edns0\n");
    CHECK(made("", SandboxNetwork::Host) == kPublic);
    CHECK(made("search a\n", SandboxNetwork::Host) == kPublic + std::string("search a\n"));
    CHECK(made("nameserver 127.0.0.53\n", SandboxNetwork::None) == kPublic);
    CHECK(!resolv_conf_for("", SandboxNetwork::Host, {std::vector<std::string>{"x"}, {}, {}}));
}

TEST_CASE("a network with a way out asks the host's servers, and the forwarder where it can't reach one") {
    const auto made = [](std::string_view host, Ipv6 ipv6, const DnsSettings& settings = {}) {
        return resolv_conf_for(host, SandboxNetwork::Given, settings, {ipv6, "10.0.2.3"})->text();
    };
    CHECK(made("nameserver 192.0.2.1\nnameserver 127.0.0.53\nnameserver 169.254.20.10\nsearch a\n", Ipv6::Off) ==
          "nameserver 192.0.2.1\nsearch a\n");
    CHECK(made("nameserver 127.0.0.53\noptions edns0\n", Ipv6::On) == "nameserver 10.0.2.3\noptions edns0\n");
    CHECK(made("nameserver 169.254.169.253\n", Ipv6::On) == "nameserver 10.0.2.3\n");
    CHECK(made("nameserver fe80::1%eth0\n", Ipv6::On) == "nameserver 10.0.2.3\n");
    CHECK(made("nameserver 2001:db8::1\n", Ipv6::Off) == "nameserver 10.0.2.3\n");
    CHECK(made("nameserver 2001:db8::1\n", Ipv6::On) == "nameserver 2001:db8::1\n");
    CHECK(made("", Ipv6::On) == kPublic);
    CHECK(made("nameserver 127.0.0.53\n", Ipv6::On, {std::vector<std::string>{"127.0.0.1"}, {}, {}}) == "nameserver 127.0.0.1\n");
    CHECK(needs_forwarder("nameserver 127.0.0.53\n", Ipv6::On));
    CHECK(needs_forwarder("nameserver 2001:db8::1\n", Ipv6::Off));
    CHECK(!needs_forwarder("nameserver 127.0.0.53\nnameserver 192.0.2.1\n", Ipv6::Off));
    CHECK(!needs_forwarder("", Ipv6::Off));
}
