#include "runtime/network/step_networks.h"

#include "tests/support/temporary_directory.h"
#include "tests/support/user_namespace.h"

#include <doctest/doctest.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <sstream>

using namespace mabplan::runtime;

namespace {

constexpr int kSkipped = 77;

int in_child(const std::function<int()>& scenario) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(mabplan::tests::enter_user_namespace().empty() ? scenario() : kSkipped);
    int status = 0;
    ::waitpid(child, &status, 0);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (code == kSkipped) MESSAGE("skipped: no user namespace, or nothing that connects one");
    return code == kSkipped ? 0 : code;
}

std::string routes_seen_in(int network) {
    if (::setns(network, CLONE_NEWNET) != 0) return "?";
    std::ifstream file("/proc/self/net/route");
    return {std::istreambuf_iterator<char>(file), {}};
}

// How many packets the interface has dropped instead of handing them on: the fourth column of what it sent.
long dropped_frames() {
    std::ifstream file("/proc/self/net/dev");
    std::string line;
    while (std::getline(file, line)) {
        const auto name = line.find("eth0:");
        if (name == std::string::npos) continue;
        std::istringstream numbers(line.substr(name + 5));
        long number = 0;
        for (int column = 0; column < 12; ++column) numbers >> number;
        return number;
    }
    return -1;
}

// An IPv4 packet made by hand, past all routes.
bool send_frame(const std::array<unsigned char, 4>& destination) {
    const int socket = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    std::array<unsigned char, 60> frame{0x52, 0x55, 0x0a, 0, 2, 2, 2, 2, 2, 2, 2, 2, 8, 0, 0x45, 0, 0, 46};
    std::copy(destination.begin(), destination.end(), frame.begin() + 30);
    sockaddr_ll out{};
    out.sll_family = AF_PACKET;
    out.sll_ifindex = static_cast<int>(::if_nametoindex("eth0"));
    const bool sent = ::sendto(socket, frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&out), sizeof out) > 0;
    ::close(socket);
    return sent;
}

}  // namespace

TEST_CASE("each program that is here gives a network with a way out, but not to link-local addresses, by route or past it") {
    CHECK(in_child([] {
              if (::access("/dev/net/tun", R_OK | W_OK) != 0) return kSkipped;
              const auto providers = find_providers({"/usr/bin"});
              if (providers.empty()) return kSkipped;
              for (const Provider& provider : providers) {
                  OutwardSettings settings;
                  settings.subnet.prefix = "172.29.213";
                  auto network = OutwardNetwork::start(provider, settings);
                  if (!network) std::cerr << provider.path << ": " << format_error(network.error()) << '\n';
                  if (!network || !network->is_alive()) return 1;
                  const pid_t child = ::fork();
                  if (child == 0) {
                      const std::string routes = routes_seen_in(network->handle());
                      const bool leads_out = routes.find("eth0\t00000000\t02D51DAC") != std::string::npos;
                      const bool refuses = routes.find("*\t0000FEA9\t00000000\t0201") != std::string::npos;
                      const long before = dropped_frames();
                      const bool outside_passes = send_frame({192, 0, 2, 1}) && dropped_frames() == before;
                      const bool link_local_is_dropped = send_frame({169, 254, 169, 254}) && dropped_frames() == before + 1;
                      ::_exit(leads_out && refuses && outside_passes && link_local_is_dropped ? 0 : 1);
                  }
                  int status = 0;
                  ::waitpid(child, &status, 0);
                  if (status != 0) return 2;
              }
              return 0;
          }) == 0);
}

TEST_CASE("networks are kept for the next command, but for one that may have been changed or has another way to the host") {
    CHECK(in_child([] {
              if (::access("/dev/net/tun", R_OK | W_OK) != 0 || find_providers({"/usr/bin"}).empty()) return kSkipped;
              StepNetworks networks({"/usr/bin"}, [] { return settings_for_this_host(); }, {});
              using Afterwards = StepNetworks::Afterwards;
              const auto handle_of_one = [&](HostGateway gateway, Afterwards afterwards) {
                  auto lease = networks.take(gateway, afterwards);
                  return lease && *lease ? (*lease)->handle() : -1;
              };
              const int first = handle_of_one(HostGateway::Closed, Afterwards::Reuse);
              if (first < 0 || handle_of_one(HostGateway::Closed, Afterwards::Reuse) != first) return 1;
              if (handle_of_one(HostGateway::Open, Afterwards::Reuse) == first) return 2;
              if (handle_of_one(HostGateway::Closed, Afterwards::End) == first) return 3;
              auto one = networks.take(HostGateway::Closed, Afterwards::Reuse);
              auto other = networks.take(HostGateway::Closed, Afterwards::Reuse);
              return (*one)->handle() != (*other)->handle() ? 0 : 4;
          }) == 0);
}

TEST_CASE("a network that was started ahead is the one that the first command gets, and only one is") {
    CHECK(in_child([] {
              if (::access("/dev/net/tun", R_OK | W_OK) != 0 || ::access("/usr/bin/slirp4netns", X_OK) != 0) return kSkipped;
              const mabplan::tests::TemporaryDirectory folder;
              const std::string log = folder / "starts", program = folder / "slirp4netns";
              std::ofstream(program) << "#!/bin/sh\necho >> " << log << "\nexec /usr/bin/slirp4netns \"$@\"\n";
              std::filesystem::permissions(program, std::filesystem::perms::owner_all);
              const auto starts = [&] {
                  std::ifstream lines(log);
                  return std::count(std::istreambuf_iterator<char>(lines), {}, '\n');
              };
              StepNetworks networks({folder.path()}, [] { return settings_for_this_host(); }, {});
              networks.start_ahead();
              networks.start_ahead();
              for (int i = 0; i < 1000 && starts() == 0; ++i) ::usleep(10'000);
              if (starts() != 1) return 1;
              const auto one = networks.take(HostGateway::Closed, StepNetworks::Afterwards::Reuse);
              if (!one || !*one || !(*one)->is_alive() || starts() != 1) return 2;
              const auto other = networks.take(HostGateway::Closed, StepNetworks::Afterwards::Reuse);
              return other && *other && starts() == 2 ? 0 : 3;
          }) == 0);
}

TEST_CASE("without a program, or with none that works, there is the host's network, and the reason is said once") {
    int said = 0;
    std::string reason;
    const auto on_refusal = [&](std::string_view why) { ++said, reason = why; };
    StepNetworks none(
        {"/nowhere"}, [] { return OutwardSettings{}; }, on_refusal);
    none.start_ahead();  // of which nobody is told
    for (int i = 0; i < 2; ++i) {
        const auto lease = none.take(HostGateway::Closed, StepNetworks::Afterwards::Reuse);
        REQUIRE(lease);
        CHECK(!*lease);
    }
    CHECK(said == 1);
    CHECK(reason == "neither slirp4netns nor pasta is installed");
}
