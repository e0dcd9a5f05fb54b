// EXPOSE and STOPSIGNAL: which words are good, and where a bad one is shown.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

using Texts = std::vector<std::string>;

Texts exposed(const std::string& words) {
    Texts out;
    const Json ports =
        config_of(compile_text("FROM b\nARG LIST=\"7 8/udp\" LAST=12\nEXPOSE " + words + "\n")).value("ExposedPorts", Json::object());
    for (const auto& [port, nothing] : ports.items()) out.push_back(port);
    return out;
}

std::string expose_error(const std::string& words) { return Project("FROM b\nEXPOSE " + words + "\n").error(); }
bool is_signal(const std::string& text) { return Project("FROM b\nSTOPSIGNAL " + text + "\n").error() == "compiled"; }

}  // namespace

TEST_CASE("a port is of tcp unless it says otherwise, in any case") {
    CHECK(exposed("80") == Texts{"80/tcp"});
    CHECK(exposed("80/udp 81/UDP 82/Tcp 83/sctp") == Texts{"80/udp", "81/udp", "82/tcp", "83/sctp"});
    CHECK(exposed("80 80/tcp 80/udp") == Texts{"80/tcp", "80/udp"});
}

TEST_CASE("a range is all of its ports") {
    CHECK(exposed("10-12") == Texts{"10/tcp", "11/tcp", "12/tcp"});
    CHECK(exposed("10-11/udp") == Texts{"10/udp", "11/udp"});
    CHECK(exposed("10-10") == Texts{"10/tcp"});
    CHECK(exposed("65534-65535") == Texts{"65534/tcp", "65535/tcp"});
}

TEST_CASE("variables are expanded into words, also inside of a range") {
    CHECK(exposed("$LIST") == Texts{"7/tcp", "8/udp"});
    CHECK(exposed("10-$LAST") == Texts{"10/tcp", "11/tcp", "12/tcp"});
    CHECK(exposed("$NOTHING").empty());
}

TEST_CASE("what is published to is left aside") {
    CHECK(exposed("8080:80") == Texts{"80/tcp"});
    CHECK(exposed("127.0.0.1:8080:80/udp") == Texts{"80/udp"});
    CHECK(exposed("127.0.0.1::80") == Texts{"80/tcp"});
}

TEST_CASE("bad ports are refused at their line") {
    for (const char* words : {"http", "80/ftp", "65536", "12-10", "80-", "-80", "1.5", "8080:", "nohost:8080:80"}) {
        CAPTURE(words);
        CHECK(expose_error(words).starts_with("2: "));
    }
    CHECK(Project("FROM b\nEXPOSE 80 x81\n").error_place() == "Dockerfile:2:11 x81");
}

TEST_CASE("a signal is a name with SIG or without, in any case, or a number") {
    for (const char* good : {"SIGTERM", "TERM", "sigkill", "Kill", "SIGUSR1", "WINCH", "SIGIOT", "STKFLT", "1", "9", "15", "64", "RTMIN",
                             "SIGRTMAX", "SIGRTMIN+15", "RTMAX-14"}) {
        CAPTURE(good);
        CHECK(is_signal(good));
    }
    for (const char* bad :
         {"SIG", "SIGSIGTERM", "TERMINATE", "0", "1.5", "x9", "RTMIN-1", "RTMAX+1", "RTMIN+16", "RTMIN+", "RTMAX-x", "\"TERM INT\""}) {
        CAPTURE(bad);
        CHECK_FALSE(is_signal(bad));
    }
}

TEST_CASE("a signal is kept as it is written, after expansion") {
    CHECK(config_of(compile_text("FROM b\nARG S=int\nSTOPSIGNAL SIG${S}\n"))["StopSignal"] == "SIGint");
    CHECK(Project("FROM b\nARG S=none\nSTOPSIGNAL $S\n").error_place() == "Dockerfile:3:12 $S");
    CHECK(Project("FROM b\nSTOPSIGNAL $UNSET\n").error() == "2: \"\" is no signal: expected a name as SIGTERM, or a number");
}
