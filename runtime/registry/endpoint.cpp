#include "runtime/registry/endpoint.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan::runtime {

namespace {

Result<Endpoint> make_endpoint(const RegistryHosts& hosts, std::string_view address) {
    Endpoint endpoint;
    std::string scheme = "https";
    bool is_said = false, is_insecure = false;
    if (const std::size_t colon = address.find("://"); colon != std::string_view::npos) {
        scheme = std::string(address.substr(0, colon));
        address.remove_prefix(colon + 3);
        is_said = true;
    }
    const std::size_t slash = std::min(address.find('/'), address.size());
    endpoint.domain = std::string(address.substr(0, slash));
    if (const auto found = hosts.find(endpoint.domain); found != hosts.end() && !is_said) {
        is_insecure = found->second.insecure && !found->second.http;
        is_said = found->second.http || !found->second.ca.empty();
        if (found->second.http) scheme = "http";
    }
    MABPLAN_TRY(url, parse_url(format("{}://{}/", scheme, api_host(endpoint.domain))));
    endpoint.base = std::move(url);
    if (is_insecure) endpoint.scheme = SchemeOf::SecureFirst;
    else if (!is_said && is_loopback(endpoint.base.host)) endpoint.scheme = SchemeOf::PlainFirst;
    for (const std::string_view part : split(address.substr(slash), '/'))
        if (!part.empty()) endpoint.prefix += std::string(part) + "/";
    if (endpoint.prefix == "v2/") endpoint.prefix.clear();  // some write the path of the interface along
    return endpoint;
}

}  // namespace

std::string api_host(const std::string& domain) { return domain == "docker.io" ? "registry-1.docker.io" : domain; }

Result<std::vector<Endpoint>> list_endpoints(const RegistryHosts& hosts, const std::string& domain) {
    std::vector<Endpoint> endpoints;
    if (const auto found = hosts.find(domain); found != hosts.end()) {
        for (const std::string& mirror : found->second.mirrors) {
            Result<Endpoint> endpoint = make_endpoint(hosts, mirror);
            if (!endpoint) return input_error(format("{} is not a mirror for {}: {}", quoted(mirror), domain, endpoint.error().message));
            endpoints.push_back(std::move(*endpoint));
        }
    }
    MABPLAN_TRY(own, own_endpoint(hosts, domain));
    endpoints.push_back(std::move(own));
    return endpoints;
}

Result<Endpoint> own_endpoint(const RegistryHosts& hosts, const std::string& domain) { return make_endpoint(hosts, domain); }

}  // namespace mabplan::runtime
