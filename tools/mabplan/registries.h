// Registries as the process finds its way to them: settings of hosts, credentials, certificates, from the files and variables of docker and
// podman. One for all that a verb does. Does not know what is asked of them.
#pragma once

#include "plans/model/plan.h"
#include "runtime/registry/credential_helper.h"
#include "runtime/registry/registry_client.h"
#include "runtime/registry/registry_writer.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/stop.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mabplan::tools {

struct RegistriesOptions {
    std::string root;  // what files of certificates are relative to
    std::vector<RegistryHost> hosts;
    bool insecure = false;  // any certificate is taken of all hosts, and http
    bool offline = false;
    const runtime::Stop* stop = nullptr;  // ends what is on its way
};

class Registries {
public:
    explicit Registries(RegistriesOptions options) : options_(std::move(options)) {}

    // Null where the network must not be asked (--offline).
    runtime::RegistryClient* client();
    // For pushing to `domain`. `insecure`: of it any certificate is taken, and http. A Registry error where the network must not be asked.
    Result<runtime::RegistryWriter*> writer(const std::string& domain, bool insecure);

private:
    // What asks hosts in one way.
    struct Way {
        std::shared_ptr<runtime::RegistrySession> session;
        std::unique_ptr<runtime::RegistryClient> client;
        std::unique_ptr<runtime::RegistryWriter> writer;
    };
    Way make_way(const std::string& insecure_host) const;

    RegistriesOptions options_;
    runtime::Guarded<std::map<std::string, Way>> ways_;  // by the host that is insecure; empty: as the settings have it
};

// Where docker and podman look for credentials here, programs included.
runtime::CredentialSource credential_source(const runtime::Stop* stop);
runtime::HelperSurroundings helper_surroundings(const runtime::Stop* stop);
// The file that logging in writes: $DOCKER_CONFIG/config.json, else ~/.docker/config.json.
std::string login_file();

}  // namespace mabplan::tools
