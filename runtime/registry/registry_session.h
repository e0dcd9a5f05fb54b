// What it takes to ask registries, whatever is asked: where they are, how they are spoken to, and the proofs that they want. One for all
// that a command does, so that nothing is found out twice. Does not know manifests or blobs.
#pragma once

#include "plans/oci/reference.h"
#include "runtime/http/http_client.h"
#include "runtime/registry/auth.h"
#include "runtime/registry/endpoint.h"
#include "runtime/sys/guarded.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace mabplan::runtime {

struct RegistryOptions {
    RegistryHosts hosts;
    bool all_insecure = false;  // also those of which nothing is said
    CredentialSource credentials;
    TrustSettings trust;  // what `hosts` name is added to it
    HttpTimeouts timeouts;
    HttpLimits limits;
    StopSignal stop;
};

// What is asked of one endpoint.
struct RegistryQuestion {
    HttpRequest request;
    AuthScope scope;
    std::string verb = "get";  // for messages: "cannot get …"
    std::string what;          // for messages: "the manifest of …"
};

// Safe to use from several threads.
class RegistrySession {
public:
    explicit RegistrySession(RegistryOptions options);

    // For reading: each endpoint behind the domain until one has it, mirrors first. What stops us here (an interrupt, a full disk) is not
    // asked of the next.
    Status ask_each(const std::string& domain, const std::function<Status(const Endpoint&)>& ask);
    // For writing: the registry itself.
    Result<Endpoint> own(const std::string& domain);

    // A question about "/v2/REPOSITORY/PATH" there.
    static RegistryQuestion question(const Endpoint& endpoint, const std::string& repository, std::string_view path, std::string what);

    // How a request is sent; may be called twice.
    using Send = std::function<HttpResult(const HttpRequest&)>;
    // Sends, with the proof that served last; when that is refused, once more with a new one. The answer of whatever status.
    HttpResult ask(const RegistryQuestion& question, const Send& send);
    // The same, where anything but 200 is a Registry error that names host, repository and status.
    Result<HttpResponse> ask_for(const RegistryQuestion& question, const Send& send);
    // An answer of at most so many bytes.
    HttpResult ask(const RegistryQuestion& question, std::uint64_t most_bytes);
    Result<HttpResponse> ask_for(const RegistryQuestion& question, std::uint64_t most_bytes);
    // The error of an answer that is no success.
    static Error refused(const RegistryQuestion& question, const HttpResponse& answer);
    static std::string doing(const RegistryQuestion& question);

    const HttpClient& client() const { return client_; }

private:
    Result<Endpoint> settle_scheme(Endpoint endpoint);
    std::string find_scheme(const Endpoint& endpoint);

    RegistryOptions options_;
    std::unique_ptr<HttpTransport> transport_;
    HttpClient client_;
    Authenticator authenticator_;
    Guarded<std::map<std::string, std::string>> schemes_;  // of hosts that are not settled, found by asking
};

}  // namespace mabplan::runtime
