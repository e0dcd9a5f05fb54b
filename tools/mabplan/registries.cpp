#include "tools/mabplan/registries.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/http/offline.h"
#include "tools/mabplan/process.h"

namespace mabplan::tools {

namespace {

constexpr std::uint64_t kMostSeconds = 86400;

std::string variable(const char* name) { return ProcessEnvironment().get(name).value_or(""); }

std::string in_root(const std::string& root, const std::string& file) { return file.empty() ? file : join_path(root, file); }

}  // namespace

runtime::HelperSurroundings helper_surroundings(const runtime::Stop* stop) {
    runtime::HelperSurroundings around;
    around.folders = program_folders();
    around.env = whole_environment();
    if (stop != nullptr) around.stop = [stop] { return stop->is_stopped(); };
    return around;
}

runtime::CredentialSource credential_source(const runtime::Stop* stop) {
    runtime::CredentialSource source;
    source.files = runtime::auth_files({variable("DOCKER_CONFIG"), variable("REGISTRY_AUTH_FILE"), variable("XDG_RUNTIME_DIR"),
                                        variable("XDG_CONFIG_HOME"), variable("HOME")});
    source.ask_helper = [around = helper_surroundings(stop)](const std::string& name, const std::string& server) {
        return runtime::ask_credential_helper(around, name, server);
    };
    return source;
}

std::string login_file() {
    const std::string folder = variable("DOCKER_CONFIG");
    return (folder.empty() ? variable("HOME") + "/.docker" : folder) + "/config.json";
}

Registries::Way Registries::make_way(const std::string& insecure_host) const {
    runtime::RegistryOptions out;
    for (const RegistryHost& host : options_.hosts) {
        std::vector<std::string> ca;
        for (const std::string& file : host.ca) ca.push_back(join_path(options_.root, file));
        out.hosts[host.host] = {host.plain_http,
                                host.insecure,
                                std::move(ca),
                                {in_root(options_.root, host.certificate), in_root(options_.root, host.key)},
                                host.mirrors};
    }
    if (!insecure_host.empty()) out.hosts[insecure_host].insecure = true;
    out.all_insecure = options_.insecure;
    out.credentials = credential_source(options_.stop);
    out.trust.bundle = variable("SSL_CERT_FILE");
    if (const auto* stop = options_.stop) out.stop = [stop] { return stop->is_stopped(); };
    // how long a server may stall, in seconds
    if (const auto seconds = parse_unsigned(variable("MABPLAN_NETWORK_TIMEOUT")); seconds && *seconds > 0 && *seconds <= kMostSeconds)
        out.timeouts.stall = std::chrono::seconds(*seconds);
    Way way;
    way.session = std::make_shared<runtime::RegistrySession>(std::move(out));
    way.client = std::make_unique<runtime::RegistryClient>(way.session);
    way.writer = std::make_unique<runtime::RegistryWriter>(way.session);
    return way;
}

runtime::RegistryClient* Registries::client() {
    if (options_.offline) return nullptr;
    const auto ways = ways_.lock();
    Way& way = (*ways)[""];
    if (!way.session) way = make_way({});
    return way.client.get();
}

Result<runtime::RegistryWriter*> Registries::writer(const std::string& domain, bool insecure) {
    if (options_.offline) return runtime::refuse_offline(format("the registry {}", domain), "push without --offline");
    const std::string key = insecure && !options_.insecure ? domain : "";
    const auto ways = ways_.lock();
    Way& way = (*ways)[key];
    if (!way.session) way = make_way(key);
    return way.writer.get();
}

}  // namespace mabplan::tools
