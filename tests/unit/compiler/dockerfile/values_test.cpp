#include "compiler/dockerfile/duration.h"
#include "compiler/dockerfile/ip_address.h"
#include "compiler/dockerfile/ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

std::string ports(std::string_view spec) {
    const auto exposed = parse_ports(spec);
    if (!exposed) return "error: " + exposed.error().message;
    std::string out;
    for (const std::string& port : exposed->ports) out += (out.empty() ? "" : " ") + port;
    if (exposed->has_host_part) out += " host";
    if (exposed->protocol_in_capitals) out += " capitals";
    return out;
}

std::int64_t nanoseconds(std::string_view text) {
    const auto parsed = parse_duration(text);
    REQUIRE_MESSAGE(parsed.has_value(), text);
    return parsed->count();
}

}  // namespace

TEST_CASE("ports") {
    CHECK(ports("80") == "80/tcp");
    CHECK(ports("80/") == "80/tcp");
    CHECK(ports("53/UDP") == "53/udp capitals");
    CHECK(ports("7-9/sctp") == "7/sctp 8/sctp 9/sctp");
    CHECK(ports("9-9") == "9/tcp");
    CHECK(ports("8080:80") == "80/tcp host");
    CHECK(ports("8000-8009:80") == "80/tcp host");
    CHECK(ports("127.0.0.1:8080:80/tcp") == "80/tcp host");
    CHECK(ports("127.0.0.1::80") == "80/tcp host");
    CHECK(ports("[fe80::1]:1-2:1-2") == "1/tcp 2/tcp host");
    CHECK(ports("0-65535").size() > 600000);
}

TEST_CASE("what is no port") {
    CHECK(ports("") == "error: invalid port: \"\": no port specified");
    CHECK(ports("80:/tcp") == "error: invalid port: \"80:/tcp\": no port specified");
    CHECK(ports("80/http") == "error: invalid port: \"80/http\": invalid proto: http");
    CHECK(ports("http") == "error: invalid containerPort: http");
    CHECK(ports("65536") == "error: invalid containerPort: 65536");
    CHECK(ports("-1") == "error: invalid containerPort: -1");
    CHECK(ports("9-8") == "error: invalid containerPort: 9-8");
    CHECK(ports("x:80") == "error: invalid hostPort: x");
    CHECK(ports("1-3:80-81") == "error: invalid ranges specified for container and host Ports: 80-81 and 1-3");
    CHECK(ports("host:80:80") == "error: invalid IP address: host");
    CHECK(ports("[1.2.3]:80:80") == "error: invalid IP address: 1.2.3");
}

TEST_CASE("addresses") {
    for (const char* text :
         {"0.0.0.0", "255.1.2.3", "::", "::1", "1::", "fe80::1:2", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4"})
        CHECK_MESSAGE(is_ip_address(text), text);
    for (const char* text :
         {"", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "12345::", "1.2.3.4::", "g::"})
        CHECK_MESSAGE(!is_ip_address(text), text);
}

TEST_CASE("durations") {
    CHECK(nanoseconds("0") == 0);
    CHECK(nanoseconds("30s") == 30'000'000'000);
    CHECK(nanoseconds("1m30s") == 90'000'000'000);
    CHECK(nanoseconds("1.5h") == 5'400'000'000'000);
    CHECK(nanoseconds(".5ms") == 500'000);
    CHECK(nanoseconds("7ns") == 7);
    CHECK(nanoseconds("3us") == 3'000);
    CHECK(nanoseconds("3\xc2\xb5s") == 3'000);
    CHECK(nanoseconds("-2s") == -2'000'000'000);
    for (const char* text : {"", "5", "s", "1x", "1s2", "--1s", ".s", "9999999999h", "1 s"}) {
        const auto parsed = parse_duration(text);
        CHECK_MESSAGE(!parsed.has_value(), text);
    }
    for (const char* text : {"0s", "1ns", "999ns", "1.5\xc2\xb5s", "250ms", "1.000001ms", "1s", "1.5s", "59.999999999s", "1m0s", "1m30s",
                             "1h0m0s", "26h1m0.1s", "-2s"})
        CHECK(format_duration(*parse_duration(text)) == text);
    CHECK(parse_duration("soon").error().message == "\"soon\" is no duration");
}
