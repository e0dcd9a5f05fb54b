// Where a registry is asked: the hosts behind the domain of a reference, mirrors first. Knows settings; does not ask anybody.
#pragma once

#include "runtime/http/url.h"

#include <map>
#include <string>
#include <vector>

namespace mabplan::runtime {

// What mabplan.yaml says of one host under "registries".
struct RegistrySettings {
    bool http = false;                 // plain http
    std::vector<std::string> ca;       // files of authorities to trust for it
    std::vector<std::string> mirrors;  // "[http://|https://]host[:port][/prefix]", asked in this order before the host itself
};
using RegistryHosts = std::map<std::string, RegistrySettings>;  // by domain of the reference: "docker.io", "registry.lan:5000"

struct Endpoint {
    Url base;                       // target "/"
    std::string prefix;             // put before the repository: "" or "proxy/"
    std::string domain;             // whose credentials and settings count
    bool is_scheme_settled = true;  // false: a loopback host of which nothing is said; either scheme may be right
};

// At least one. A mirror that is no address is an Input error.
Result<std::vector<Endpoint>> list_endpoints(const RegistryHosts& hosts, const std::string& domain);
// host[:port] where a domain is asked: Docker Hub's is not the name people write.
std::string api_host(const std::string& domain);

}  // namespace mabplan::runtime
