// Which certificate authorities a host is checked against. Knows files of PEM text; does not know TLS.
#pragma once

#include "plans/base/result.h"

#include <map>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct TrustSettings {
    std::string bundle;                                        // $SSL_CERT_FILE: in place of the system's; empty: the system's
    std::string host_folders = "/etc/docker/certs.d";          // below it HOST[:PORT]/*.crt, trusted for that host
    std::map<std::string, std::vector<std::string>> ca_files;  // host[:port] -> files, trusted for that host
};

// PEM text of all that `host` ("host" or "host:port") is checked against; empty: the default of the TLS library is right.
// A configured file that cannot be read is an Input error.
Result<std::string> read_trust(const TrustSettings& settings, const std::string& host);

}  // namespace mabplan::runtime
