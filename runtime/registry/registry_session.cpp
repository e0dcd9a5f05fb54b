#include "runtime/registry/registry_session.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/registry/registry_error.h"

#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::chrono::seconds kProbeDeadline{10};
constexpr std::uint64_t kMaxProbeBytes = 1U << 20U;

TrustSettings add_settings(TrustSettings trust, const RegistryOptions& options) {
    trust.verifies_nobody = trust.verifies_nobody || options.all_insecure;
    for (const auto& [domain, settings] : options.hosts) {
        const std::string host = to_lower(api_host(domain));
        if (!settings.ca.empty()) {
            std::vector<std::string>& files = trust.ca_files[host];
            files.insert(files.end(), settings.ca.begin(), settings.ca.end());
        }
        if (!settings.certificate.certificate.empty()) trust.certificates[host] = settings.certificate;
        if (settings.insecure) trust.unverified.insert(host);
    }
    return trust;
}

// An address without a port has that of the scheme.
std::uint16_t port_for(const Url& base, std::string_view scheme) {
    constexpr std::uint16_t kPlain = 80, kSecure = 443;
    return scheme == "http" && base.scheme == "https" && base.port == kSecure ? kPlain : base.port;
}

bool is_about_scope(const HttpResponse& answer) {
    return answer.status == 403 && find_header(answer, "www-authenticate").find("insufficient_scope") != std::string::npos;
}

}  // namespace

RegistrySession::RegistrySession(RegistryOptions options)
    : options_(std::move(options)),
      transport_(make_curl_transport(add_settings(options_.trust, options_), options_.timeouts, options_.stop)),
      client_(*transport_, options_.limits, options_.stop),
      authenticator_(client_, options_.credentials) {}

Status RegistrySession::ask_each(const std::string& domain, const std::function<Status(const Endpoint&)>& ask) {
    MABPLAN_TRY(endpoints, list_endpoints(options_.hosts, domain));
    std::vector<std::string> before;
    for (std::size_t i = 0;; ++i) {
        Result<Endpoint> endpoint = settle_scheme(endpoints[i]);
        Status done = endpoint ? ask(*endpoint) : Status(fail(std::move(endpoint).error()));
        if (done) return done;
        const bool is_theirs = done.error().kind == ErrorKind::Registry || done.error().kind == ErrorKind::Verify;
        if (i + 1 == endpoints.size() || !is_theirs) {
            for (std::string& message : before) done.error().context.push_back(std::move(message));
            return done;
        }
        before.push_back(format("before that, the mirror {}: {}", authority(endpoints[i].base), done.error().message));
    }
}

Result<Endpoint> RegistrySession::own(const std::string& domain) {
    MABPLAN_TRY(endpoint, own_endpoint(options_.hosts, domain));
    return settle_scheme(endpoint);
}

std::string RegistrySession::find_scheme(const Endpoint& endpoint) {
    HttpLimits limits;
    limits.attempts = limits.connect_attempts = 1;
    const HttpClient once(*transport_, limits, options_.stop);
    const auto probe = [&](const char* scheme) {
        HttpRequest request;
        request.deadline = kProbeDeadline;
        request.url = endpoint.base;
        request.url.target = "/v2/";
        request.url.scheme = scheme;
        request.url.port = port_for(endpoint.base, scheme);
        return once.get(request, kMaxProbeBytes);
    };
    if (endpoint.scheme == SchemeOf::SecureFirst) {
        const HttpResult secure = probe("https");
        const bool nobody = !secure && (secure.error().trouble == HttpTrouble::Tls || secure.error().trouble == HttpTrouble::Connect);
        return nobody ? "http" : "https";
    }
    const HttpResult plain = probe("http");
    const bool is_plain = plain ? plain->status != 400 : plain.error().trouble == HttpTrouble::Connect;
    if (is_plain) return "http";
    const HttpResult secure = probe("https");
    return secure || secure.error().trouble == HttpTrouble::Certificate ? "https" : "http";
}

Result<Endpoint> RegistrySession::settle_scheme(Endpoint endpoint) {
    if (options_.all_insecure && endpoint.scheme == SchemeOf::Settled && endpoint.base.scheme == "https")
        endpoint.scheme = SchemeOf::SecureFirst;
    if (endpoint.scheme == SchemeOf::Settled) return endpoint;
    const auto schemes = schemes_.lock();  // also while the host is asked: nobody asks twice
    std::string& scheme = (*schemes)[authority(endpoint.base)];
    if (scheme.empty()) scheme = find_scheme(endpoint);
    Endpoint settled = endpoint;
    settled.scheme = SchemeOf::Settled;
    settled.base.port = port_for(endpoint.base, scheme);
    settled.base.scheme = scheme;
    return settled;
}

RegistryQuestion RegistrySession::question(const Endpoint& endpoint, const std::string& repository, std::string_view path,
                                           std::string what) {
    RegistryQuestion question{{}, {endpoint.base, endpoint.domain, endpoint.prefix + repository}, "get", std::move(what)};
    question.request.url = endpoint.base;
    question.request.url.target = format("/v2/{}/{}", question.scope.repository, path);
    return question;
}

std::string RegistrySession::doing(const RegistryQuestion& question) {
    const std::string host = authority(question.request.url);
    return question.verb == "get" ? format("asking {} for {}", host, question.what) : format("pushing {} to {}", question.what, host);
}

Error RegistrySession::refused(const RegistryQuestion& question, const HttpResponse& answer) {
    return explain_status(answer, {authority(question.request.url), question.scope.domain, question.verb, question.what});
}

HttpResult RegistrySession::ask(const RegistryQuestion& question, const Send& send) {
    HttpRequest request = question.request;
    // what is sent elsewhere (an upload's own address) gets no proof of this registry
    const bool is_theirs = same_origin(request.url, question.scope.registry);
    if (is_theirs) request.authorization = authenticator_.authorization(question.scope);
    for (bool again = is_theirs;; again = false) {
        HttpResult answer = send(request);
        if (!answer || !again || (answer->status != 401 && !is_about_scope(*answer))) return answer;
        Result<std::string> better = authenticator_.answer(question.scope, *answer, request.authorization);
        if (!better) return tl::unexpected(HttpFailure{std::move(better).error(), HttpTrouble::Final});
        if (better->empty()) return answer;
        request.authorization = std::move(*better);
    }
}

Result<HttpResponse> RegistrySession::ask_for(const RegistryQuestion& question, const Send& send) {
    HttpResult answer = ask(question, send);
    if (!answer) return pass(std::move(answer).error().error, doing(question));
    if (answer->status == 200) return std::move(*answer);
    return fail(refused(question, *answer));
}

HttpResult RegistrySession::ask(const RegistryQuestion& question, std::uint64_t most_bytes) {
    return ask(question, [&](const HttpRequest& request) { return client_.get(request, most_bytes); });
}

Result<HttpResponse> RegistrySession::ask_for(const RegistryQuestion& question, std::uint64_t most_bytes) {
    return ask_for(question, [&](const HttpRequest& request) { return client_.get(request, most_bytes); });
}

}  // namespace mabplan::runtime
