// The /etc/resolv.conf that a sandbox gets, made from the host's (resolv.conf(5); Docker's rules for what a container can't reach).
// Works on text; opens no file.
#pragma once

#include "plans/base/result.h"
#include "runtime/sandbox/sandbox.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// What is asked for in place of the host's; an empty list removes.
struct DnsSettings {
    std::optional<std::vector<std::string>> name_servers;  // addresses
    std::optional<std::vector<std::string>> search;        // domains; "." stands for none
    std::optional<std::vector<std::string>> options;       // "ndots:1"
};

enum class Ipv6 { Off, On };
enum class Comments { Left, Shown };

class ResolvConf {
public:
    // Anything is read; name servers that are no address are left out, lines that are not known are kept.
    static ResolvConf parse(std::string_view text, std::string source_path);

    const std::vector<std::string>& name_servers() const { return name_servers_; }  // canonical
    const std::vector<std::string>& options() const { return options_; }
    // What stands behind the ':' of the last option of this name, empty if nothing does.
    std::optional<std::string> option(std::string_view name) const;

    // An Input error for a name server that is no address.
    Status replace(const DnsSettings& settings);
    void add_option(std::string option);
    void set_header(std::string comment) { header_ = std::move(comment); }  // lines that begin with '#'
    // For a network of the sandbox's own: no loopback addresses of the host, no IPv6 where there is none, and public servers if none is
    // left. Name servers that were asked for are kept.
    void keep_reachable(Ipv6 ipv6);

    // For a network of the sandbox's own with a way out: neither loopback nor link-local addresses. If none is left, the forwarder, which
    // asks the host's for it; public servers where the host has none either.
    void keep_routable(Ipv6 ipv6, const std::string& forwarder);

    // Comments: the header, and below what the file was made of.
    std::string text(Comments comments = Comments::Left) const;

private:
    void read_line(std::string_view line);
    template <class Unreachable>
    bool leave_out(Unreachable unreachable);
    void use_public_servers(Ipv6 ipv6);
    std::string origin() const;

    std::vector<std::string> name_servers_;
    std::vector<std::string> search_;
    std::vector<std::string> options_;
    std::vector<std::string> others_;  // whole lines

    std::string source_path_;
    std::string header_;
    std::vector<std::string> invalid_;   // name servers
    std::vector<std::string> replaced_;  // "nameservers", "search", "options"
    std::string ndots_from_;             // "host", "override", "internal"
    bool filtered_ = false;
    bool has_default_servers_ = false;
};

// How names are asked for on SandboxNetwork::Given.
struct WayOut {
    Ipv6 ipv6 = Ipv6::Off;
    std::string forwarder;  // an address
};

// The file of a sandbox on this network: of the host's network the host's own servers, its loopback ones too.
Result<ResolvConf> resolv_conf_for(std::string_view host_text, SandboxNetwork network, const DnsSettings& settings = {},
                                   const WayOut& way_out = {});
// Whether all the servers of the host are out of reach from a network of the sandbox's own.
bool needs_forwarder(std::string_view host_text, Ipv6 ipv6);

}  // namespace mabplan::runtime
