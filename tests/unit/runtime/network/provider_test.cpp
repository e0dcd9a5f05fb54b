#include "runtime/network/provider.h"

#include "plans/base/format.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

std::string words(ProviderKind kind, const OutwardSettings& settings) {
    return format("{}", join(provider_arguments({kind, "/p"}, settings, "/ns"), " "));
}
bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("slirp4netns is chosen before pasta, and folders count in their order") {
    const mabplan::tests::TemporaryDirectory folder;
    CHECK(find_providers({folder.path()}).empty());
    for (const char* name : {"pasta", "slirp4netns"}) {
        const std::string path = folder.path() + "/" + name;
        std::ofstream(path) << "x";
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    }
    const auto found = find_providers({"/nowhere", folder.path()});
    REQUIRE(found.size() == 2);
    CHECK(found[0].path == folder.path() + "/slirp4netns");
    CHECK(found[1].path == folder.path() + "/pasta");
}

TEST_CASE("the host's loopback is closed unless it is asked for") {
    OutwardSettings settings;
    CHECK(says(words(ProviderKind::Slirp4netns, settings), "--disable-host-loopback"));
    CHECK(says(words(ProviderKind::Pasta, settings), "--no-map-gw"));
    for (const char* direction : {"--tcp-ports none", "--udp-ports none", "--tcp-ns none", "--udp-ns none"})
        CHECK(says(words(ProviderKind::Pasta, settings), direction));
    settings.gateway = HostGateway::Open;
    CHECK(!says(words(ProviderKind::Slirp4netns, settings), "--disable-host-loopback"));
    CHECK(!says(words(ProviderKind::Pasta, settings), "--no-map-gw"));
}

TEST_CASE("names are forwarded, and IPv6 is spoken, only where it is wanted") {
    OutwardSettings settings;
    CHECK(says(words(ProviderKind::Slirp4netns, settings), "--disable-dns"));
    CHECK(!says(words(ProviderKind::Pasta, settings), "--dns-forward"));
    CHECK(!says(words(ProviderKind::Slirp4netns, settings), "--enable-ipv6"));
    CHECK(says(words(ProviderKind::Pasta, settings), "--ipv4-only"));
    settings.names = Names::Forwarded;
    settings.has_ipv6 = true;
    settings.subnet.prefix = "172.29.213";
    CHECK(!says(words(ProviderKind::Slirp4netns, settings), "--disable-dns"));
    CHECK(says(words(ProviderKind::Pasta, settings), "--dns-forward 172.29.213.3"));
    CHECK(says(words(ProviderKind::Slirp4netns, settings), "--cidr 172.29.213.0/24"));
    CHECK(says(words(ProviderKind::Slirp4netns, settings), "--enable-ipv6"));
    CHECK(words(ProviderKind::Slirp4netns, settings).ends_with("--netns-type path /ns eth0"));
    CHECK(!says(words(ProviderKind::Pasta, settings), "--ipv4-only"));
}
