#include "tools/mabplan/remote_access.h"

#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/surroundings.h"

namespace mabplan::tools {

namespace {

// Loopback is never asked through a proxy, as for everything else that is fetched.
std::vector<std::string> proxy_settings(const ProcessEnvironment& environment) {
    std::vector<std::string> proxies;
    for (const char* name : {"http_proxy", "https_proxy", "all_proxy"})
        for (const std::string& each : {std::string(name), to_upper(name)})
            if (const auto value = environment.get(each)) proxies.push_back(each + "=" + *value);
    std::string direct = "localhost,127.0.0.1,::1";
    for (const char* name : {"no_proxy", "NO_PROXY"})
        if (const auto value = environment.get(name); value && !value->empty()) direct += "," + *value;
    proxies.push_back("no_proxy=" + direct);
    return proxies;
}

}  // namespace

runtime::RemoteSources::Options remote_options(const RemoteAccessOptions& options) {
    const ProcessEnvironment environment;
    runtime::RemoteSources::Options out;
    out.urls.offline = options.offline;
    out.urls.trust.bundle = environment.get("SSL_CERT_FILE").value_or("");
    for (const RegistryHost& host : options.registries)
        for (const std::string& file : host.ca) out.urls.trust.ca_files[host.host].push_back(join_path(options.root, file));
    if (const auto* stopped = options.stopped) out.urls.stop = [stopped] { return stopped->load(); };
    out.git.stop = out.urls.stop;
    out.git.folders = program_folders();
    out.git.proxies = proxy_settings(environment);
    out.git.agent = environment.get("SSH_AUTH_SOCK").value_or("");
    out.git.ca_bundle = out.urls.trust.bundle;
    const std::string hosts = environment.get("HOME").value_or("") + "/.ssh/known_hosts";
    if (hosts.starts_with('/') && runtime::path_exists(hosts)) out.git.known_hosts = hosts;
    return out;
}

}  // namespace mabplan::tools
