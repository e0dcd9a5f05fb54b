// What a step needs of the user, before it runs.
#include "runtime/step/command_check.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

struct Host {
    Secrets secrets{{{"known", {}, "KNOWN"}}, "/", {{{"KNOWN", "value"}}, {}, {}}};
    std::vector<AgentSource> agents{};
    KeyAgents key_agents{"/nowhere", {}};
    HostDevices devices{};
    bool insecure = false;

    std::string fault(const StepRequest& request) {
        NamespaceIds ids;
        ids.uids = ids.gids = 1000;
        const CommandGrants grants{ids, insecure, secrets, agents, key_agents, devices};
        const Status good = check_step(request, grants);
        return good ? "none" : good.error().message;
    }
};

StepRequest with(StepInput input) {
    StepRequest request;
    request.inputs.push_back(std::move(input));
    return request;
}

SecretMount secret(const std::string& id) {
    SecretMount mount;
    mount.id = id;
    mount.required = true;
    return mount;
}

}  // namespace

TEST_CASE("a step without wishes needs nothing") { CHECK(Host().fault({}) == "none"); }

TEST_CASE("a step that is insecure needs consent") {
    StepRequest request;
    request.security = Security::Insecure;
    Host host;
    CHECK(host.fault(request).starts_with("RUN --security=insecure needs your consent"));
    host.insecure = true;
    CHECK(host.fault(request) == "none");
}

TEST_CASE("secrets and agents are there, and loaded") {
    Host host;
    CHECK(host.fault(with({"/s", secret("known")})) == "none");
    CHECK(host.secrets.find("known") != nullptr);
    CHECK(host.fault(with({"/s", secret("other")})) == "the secret \"other\" is needed and not given");
    SshMount agent;
    agent.id = "default";
    CHECK(host.fault(with({"/a", agent})) == "none");
    agent.required = true;
    CHECK(host.fault(with({"/a", agent})) == "the ssh agent \"default\" is needed and not given");
}

TEST_CASE("users and owners have ids here") {
    Host host;
    StepRequest request;
    request.user = "4000";
    CHECK(host.fault(request).starts_with("the command is to run as \"4000\" (4000:0), and this host"));
    CacheInput cache;
    cache.uid = 4000;
    CHECK(host.fault(with({"/c", cache})).starts_with("a cache is to belong to 4000:0, and this host"));
    SecretMount owned = secret("known");
    owned.gid = 4000;
    CHECK(host.fault(with({"/s", owned})).starts_with("a secret is to belong to 0:4000, and this host"));
}

TEST_CASE("a device that nothing has is missed") {
    StepRequest request;
    request.devices = {{"vendor.com/class=one", false}};
    CHECK(Host().fault(request) != "none");
    request.devices.front().optional = true;
    CHECK(Host().fault(request) == "none");
}
