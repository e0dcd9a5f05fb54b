// Which certificate authorities a host is checked against, and what we show it of ourselves. Knows files of PEM text; does not know TLS.
#pragma once

#include "plans/base/result.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace mabplan::runtime {

// Files by which we prove to a server who we are.
struct ClientCertificate {
    std::string certificate;
    std::string key;
    bool operator==(const ClientCertificate&) const = default;
};

// Hosts are "host", or "host:port" where the port is not that of https.
struct TrustSettings {
    std::string bundle;                                        // $SSL_CERT_FILE: in place of the system's; empty: the system's
    std::string host_folders = "/etc/docker/certs.d";          // below it HOST[:PORT]/*.crt, trusted for that host, *.cert with *.key: ours
    std::map<std::string, std::vector<std::string>> ca_files;  // by host, trusted for that host
    std::map<std::string, ClientCertificate> certificates;     // by host
    std::set<std::string> unverified;                          // hosts of which any certificate is taken
    bool verifies_nobody = false;                              // the same of all
};

struct HostTrust {
    std::string authorities;  // PEM text; empty: the default of the TLS library is right
    ClientCertificate own;    // empty paths: none
    bool is_verified = true;
};

// A configured file that cannot be read is an Input error.
Result<HostTrust> read_trust(const TrustSettings& settings, const std::string& host);

}  // namespace mabplan::runtime
