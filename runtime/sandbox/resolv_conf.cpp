#include "runtime/sandbox/resolv_conf.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace mabplan::runtime {

namespace {

constexpr const char* kHostFile = "/etc/resolv.conf";

// Google's public servers, which Docker falls back to.
constexpr std::initializer_list<const char*> kDefaultIpv4{"8.8.8.8", "8.8.4.4"};
constexpr std::initializer_list<const char*> kDefaultIpv6{"2001:4860:4860::8888", "2001:4860:4860::8844"};

bool is_ipv6(std::string_view address) { return address.find(':') != std::string_view::npos; }

// The address in its shortest form, with its zone ("fe80::1%eth0"); nothing if it is none.
std::optional<std::string> canonical_address(std::string_view text) {
    const std::size_t percent = std::min(text.find('%'), text.size());
    const std::string address(text.substr(0, percent));
    const std::string zone(text.substr(percent));
    const int family = is_ipv6(address) ? AF_INET6 : AF_INET;
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    std::array<char, INET6_ADDRSTRLEN> shown{};
    if (zone == "%" || (!zone.empty() && family == AF_INET) || ::inet_pton(family, address.c_str(), bytes.data()) != 1) return std::nullopt;
    if (::inet_ntop(family, bytes.data(), shown.data(), shown.size()) == nullptr) return std::nullopt;
    return shown.data() + zone;
}

bool is_loopback(std::string_view address) {
    return address.starts_with("127.") || address.starts_with("::ffff:127.") || address == "::1" || address.starts_with("::1%");
}

bool is_link_local(std::string_view address) { return address.starts_with("169.254.") || address.starts_with("fe80:"); }

// fd00::/64: in the network of a step these are not those outside (runtime/network/provider.h).
bool is_hidden(const std::string& address) {
    constexpr std::array<unsigned char, 8> kOwn{0xfd};
    in6_addr bytes{};
    return ::inet_pton(AF_INET6, address.c_str(), &bytes) == 1 && std::equal(kOwn.begin(), kOwn.end(), std::begin(bytes.s6_addr));
}

bool is_routable(const std::string& address, Ipv6 ipv6) {
    return !is_loopback(address) && !is_link_local(address) && !is_hidden(address) && (ipv6 == Ipv6::On || !is_ipv6(address));
}

std::string line_of(const char* keyword, const std::vector<std::string>& words) {
    return words.empty() ? std::string{} : format("{} {}\n", keyword, join(words, " "));
}

}  // namespace

ResolvConf ResolvConf::parse(std::string_view text, std::string source_path) {
    ResolvConf conf;
    conf.source_path_ = std::move(source_path);
    for (const std::string_view line : split(text, '\n')) conf.read_line(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
    if (conf.option("ndots")) conf.ndots_from_ = "host";
    return conf;
}

void ResolvConf::read_line(std::string_view line) {
    if (line.starts_with('#') || line.starts_with(';')) return;
    const std::vector<std::string_view> parts = split_blanks(line);
    std::vector<std::string> words(parts.begin(), parts.end());
    if (words.empty()) return;
    const std::string keyword = words.front();
    words.erase(words.begin());
    if (keyword == "nameserver") {
        if (words.empty()) return;
        if (const auto address = canonical_address(words.front())) name_servers_.push_back(*address);
        else invalid_.push_back(words.front());
    } else if (keyword == "search" || keyword == "domain") {
        if (!words.empty()) search_ = std::move(words);  // the last line counts
    } else if (keyword == "options") {
        options_.insert(options_.end(), words.begin(), words.end());
    } else {
        others_.emplace_back(line);
    }
}

std::optional<std::string> ResolvConf::option(std::string_view name) const {
    const auto found = std::find_if(options_.rbegin(), options_.rend(),
                                    [&](std::string_view option) { return option.substr(0, option.find(':')) == name; });
    if (found == options_.rend()) return std::nullopt;
    const std::size_t colon = found->find(':');
    return colon == std::string::npos ? std::string{} : found->substr(colon + 1);
}

Status ResolvConf::replace(const DnsSettings& settings) {
    if (settings.name_servers) {
        name_servers_.clear();
        for (const std::string& text : *settings.name_servers) {
            const auto address = canonical_address(text);
            if (!address) return input_error(format("the name server {} is no IP address", quoted(text)));
            name_servers_.push_back(*address);
        }
        replaced_.emplace_back("nameservers");
    }
    if (settings.search) {
        search_ = *settings.search;
        search_.erase(std::remove(search_.begin(), search_.end(), "."), search_.end());
        replaced_.emplace_back("search");
    }
    if (settings.options) {
        options_ = *settings.options;
        ndots_from_ = option("ndots") ? "override" : "";
        replaced_.emplace_back("options");
    }
    return {};
}

void ResolvConf::add_option(std::string option) {
    if (option.starts_with("ndots:") && option != "ndots:") ndots_from_ = "internal";
    options_.push_back(std::move(option));
}

// True if none of the host's is left.
template <class Unreachable>
bool ResolvConf::leave_out(Unreachable unreachable) {
    filtered_ = true;
    if (std::find(replaced_.begin(), replaced_.end(), "nameservers") != replaced_.end()) return false;
    name_servers_.erase(std::remove_if(name_servers_.begin(), name_servers_.end(), unreachable), name_servers_.end());
    return name_servers_.empty();
}

void ResolvConf::use_public_servers(Ipv6 ipv6) {
    has_default_servers_ = true;
    name_servers_.assign(kDefaultIpv4.begin(), kDefaultIpv4.end());
    if (ipv6 == Ipv6::On) name_servers_.insert(name_servers_.end(), kDefaultIpv6.begin(), kDefaultIpv6.end());
}

void ResolvConf::keep_reachable(Ipv6 ipv6) {
    if (leave_out([&](const std::string& address) { return is_loopback(address) || (is_ipv6(address) && ipv6 == Ipv6::Off); }))
        use_public_servers(ipv6);
}

void ResolvConf::keep_routable(Ipv6 ipv6, const std::string& forwarder) {
    const bool has_any = !name_servers_.empty();
    if (!leave_out([&](const std::string& address) { return !is_routable(address, ipv6); })) return;
    if (has_any) name_servers_.push_back(forwarder);
    else use_public_servers(ipv6);
}

std::string ResolvConf::origin() const {
    std::string out = format("\n# Based on host file: '{}'{}\n", source_path_, filtered_ ? " (legacy)" : "");
    if (has_default_servers_) out += "# Used default nameservers.\n";
    if (!invalid_.empty()) out += format("# Invalid nameservers: [{}]\n", join(invalid_, " "));
    out += format("# Overrides: [{}]\n", join(replaced_, " "));
    if (!ndots_from_.empty()) out += format("# Option ndots from: {}\n", ndots_from_);
    return out;
}

std::string ResolvConf::text(Comments comments) const {
    std::string out;
    if (comments == Comments::Shown && !header_.empty()) out += header_ + "\n\n";
    for (const std::string& address : name_servers_) out += format("nameserver {}\n", address);
    out += line_of("search", search_) + line_of("options", options_);
    for (const std::string& line : others_) out += line + "\n";
    return comments == Comments::Shown ? out + origin() : out;
}

Result<ResolvConf> resolv_conf_for(std::string_view host_text, SandboxNetwork network, const DnsSettings& settings, const WayOut& way_out) {
    ResolvConf conf = ResolvConf::parse(host_text, kHostFile);
    MABPLAN_CHECK(conf.replace(settings));
    if (network == SandboxNetwork::Given) conf.keep_routable(way_out.ipv6, way_out.forwarder);
    else if (network == SandboxNetwork::None || conf.name_servers().empty()) conf.keep_reachable(Ipv6::On);
    return conf;
}

bool needs_forwarder(std::string_view host_text, Ipv6 ipv6) {
    const ResolvConf conf = ResolvConf::parse(host_text, kHostFile);
    const auto& servers = conf.name_servers();
    return !servers.empty() &&
           std::none_of(servers.begin(), servers.end(), [&](const std::string& address) { return is_routable(address, ipv6); });
}

}  // namespace mabplan::runtime
