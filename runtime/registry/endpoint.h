// Where a registry is asked: the hosts behind the domain of a reference, mirrors first. Knows settings; does not ask anybody.
#pragma once

#include "runtime/http/trust.h"
#include "runtime/http/url.h"

#include <map>
#include <string>
#include <vector>

namespace mabplan::runtime {

// What mabplan.yaml says of one host under "registries".
struct RegistrySettings {
    bool http = false;                 // plain http
    bool insecure = false;             // https with any certificate, else plain http (docker's "insecure-registries")
    std::vector<std::string> ca;       // files of authorities to trust for it
    ClientCertificate certificate{};   // what we show it; empty paths: nothing
    std::vector<std::string> mirrors;  // "[http://|https://]host[:port][/prefix]", asked in this order before the host itself
};
// By domain of the reference: "docker.io", "registry.lan:5000".
using RegistryHosts = std::map<std::string, RegistrySettings>;

// What is known of how a host is spoken to.
enum class SchemeOf {
    Settled,      // its URL says it
    PlainFirst,   // a loopback host of which nothing is said: http, unless it answers like one of https
    SecureFirst,  // an insecure one: https, unless nobody speaks that there
};

struct Endpoint {
    Url base;            // target "/"
    std::string prefix;  // put before the repository: "" or "proxy/"
    std::string domain;  // whose credentials and settings count
    SchemeOf scheme = SchemeOf::Settled;
};

// At least one. A mirror that is no address is an Input error.
Result<std::vector<Endpoint>> list_endpoints(const RegistryHosts& hosts, const std::string& domain);
// The host itself: what is written goes to no mirror.
Result<Endpoint> own_endpoint(const RegistryHosts& hosts, const std::string& domain);
// host[:port] where a domain is asked: Docker Hub's is not the name people write.
std::string api_host(const std::string& domain);

}  // namespace mabplan::runtime
