#include "runtime/registry/registry_client.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "runtime/registry/registry_error.h"

#include <algorithm>
#include <array>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMaxManifestBytes = 4U << 20U;
constexpr std::uint64_t kMaxSmallBlobBytes = 8U << 20U;
constexpr std::uint64_t kMaxTagListBytes = 1U << 20U;
constexpr std::chrono::seconds kDocumentDeadline{300};  // for what is small
constexpr std::chrono::seconds kProbeDeadline{10};
constexpr int kNotFound = 404;

constexpr std::array<std::string_view, 4> kManifestTypes{media_type::kIndex, media_type::kManifest, media_type::kDockerList,
                                                         media_type::kDockerManifest};

TrustSettings add_authorities(TrustSettings trust, const RegistryHosts& hosts) {
    for (const auto& [domain, settings] : hosts) {
        std::vector<std::string>& files = trust.ca_files[to_lower(api_host(domain))];
        files.insert(files.end(), settings.ca.begin(), settings.ca.end());
    }
    std::erase_if(trust.ca_files, [](const auto& entry) { return entry.second.empty(); });
    return trust;
}

std::string known_media_type(const HttpResponse& response) {
    const std::string header = find_header(response, "content-type");
    const std::string type = to_lower(trim(std::string_view(header).substr(0, header.find(';'))));
    const bool is_known = std::find(kManifestTypes.begin(), kManifestTypes.end(), type) != kManifestTypes.end();
    return is_known ? type : std::string();
}

std::string name_blob(const Reference& reference, const Descriptor& blob) {
    return format("the blob {} of {}", blob.digest.text(), format_reference(reference));
}

struct StringSink final : ByteSink {
    std::string bytes;
    Status write(std::string_view more) override {
        bytes += more;
        return {};
    }
};

Status check_manifest(const HttpResponse& response, const Digest& digest, const Reference& reference) {
    const std::string name = format_reference(reference);
    if (reference.digest && *reference.digest != digest)
        return fail(ErrorKind::Verify, format("the manifest of {} is not what was asked for: its bytes hash to {}", name, digest.text()));
    const Result<Digest> announced = Digest::parse(find_header(response, "docker-content-digest"));
    if (!reference.digest && announced && *announced != digest)
        return fail(ErrorKind::Verify, format("the manifest of {} was damaged on its way: announced as {}, its bytes hash to {}", name,
                                              announced->text(), digest.text()));
    return {};
}

}  // namespace

struct RegistryClient::Question {
    HttpRequest request;
    AuthScope scope;
    std::string what;  // for messages

    Question(const Endpoint& endpoint, const Reference& reference, std::string_view path, std::string name)
        : scope{endpoint.base, endpoint.domain, endpoint.prefix + reference.repository}, what(std::move(name)) {
        request.url = endpoint.base;
        request.url.target = format("/v2/{}/{}", scope.repository, path);
    }
};

RegistryClient::RegistryClient(RegistryOptions options)
    : options_(std::move(options)),
      transport_(make_curl_transport(add_authorities(options_.trust, options_.hosts), options_.timeouts, options_.stop)),
      client_(*transport_, options_.limits, options_.stop),
      authenticator_(client_, options_.auth_files) {}

// The first endpoint that has it. What stops us here (an interrupt, a full disk) is not asked of the next.
Status RegistryClient::ask_each(const Reference& reference, const std::function<Status(const Endpoint&)>& ask) {
    MABPLAN_TRY(endpoints, list_endpoints(options_.hosts, reference.domain));
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

// A loopback host of which nothing is said is plain http, unless it answers like one of https.
Result<Endpoint> RegistryClient::settle_scheme(const Endpoint& endpoint) {
    if (endpoint.is_scheme_settled) return endpoint;
    Endpoint settled = endpoint;
    settled.is_scheme_settled = true;
    const auto schemes = schemes_.lock();  // also while the host is asked: nobody asks twice
    std::string& scheme = (*schemes)[authority(endpoint.base)];
    if (scheme.empty()) {
        HttpLimits limits;
        limits.attempts = limits.connect_attempts = 1;
        const HttpClient once(*transport_, limits, options_.stop);
        HttpRequest request;
        request.deadline = kProbeDeadline;
        request.url = endpoint.base;
        request.url.target = "/v2/";
        request.url.scheme = "http";
        const HttpResult plain = once.get(request, kMaxTagListBytes);
        request.url.scheme = "https";
        const bool is_plain = plain ? plain->status != 400 : plain.error().trouble == HttpTrouble::Connect;
        const HttpResult secure = is_plain ? HttpResult(HttpResponse{}) : once.get(request, kMaxTagListBytes);
        const bool is_secure = !is_plain && (secure || secure.error().trouble == HttpTrouble::Certificate);
        scheme = is_secure ? "https" : "http";
    }
    settled.base.scheme = scheme;
    return settled;
}

// Asks, with the proof that served last; when that is refused, once more with a new one.
Result<HttpResponse> RegistryClient::send(const Question& question, const Send& send) {
    HttpRequest request = question.request;
    request.authorization = authenticator_.authorization(question.scope);
    for (bool again = true;; again = false) {
        HttpResult answer = send(request);
        const std::string doing = format("asking {} for {}", authority(request.url), question.what);
        if (!answer) return pass(std::move(answer).error().error, doing);
        if (answer->status == 200) return std::move(*answer);
        std::string authorization;
        if (answer->status == 401 && again) {
            Result<std::string> better = authenticator_.answer(question.scope, *answer, request.authorization);
            if (!better) return pass(std::move(better).error(), doing);
            authorization = std::move(*better);
        }
        if (authorization.empty()) return fail(explain_status(*answer, {authority(request.url), question.scope.domain, question.what}));
        request.authorization = std::move(authorization);
    }
}

Result<FetchedManifest> RegistryClient::manifest_from(const Endpoint& endpoint, const Reference& reference) {
    const std::string which = reference.digest ? reference.digest->text() : reference.tag;
    Question question(endpoint, reference, format("manifests/{}", which), format("the manifest of {}", format_reference(reference)));
    question.request.deadline = kDocumentDeadline;
    for (const std::string_view type : kManifestTypes) question.request.headers.push_back({"Accept", std::string(type)});
    Result<HttpResponse> answer = send(question, [this](const HttpRequest& request) { return client_.get(request, kMaxManifestBytes); });
    if (!answer) {
        const auto* status = std::get_if<HttpStatus>(&answer.error().cause);
        const bool is_missing = status != nullptr && status->code == kNotFound;
        return fail(is_missing && !reference.digest ? with_tags(std::move(answer).error(), endpoint, reference)
                                                    : std::move(answer).error());
    }
    const Digest digest = Digest::of(answer->body);
    MABPLAN_CHECK(check_manifest(*answer, digest, reference));
    return FetchedManifest{digest, known_media_type(*answer), std::move(answer->body)};
}

// A tag that is not there: which there are, and the nearest. Asked for help only, so its own failure is no news.
Error RegistryClient::with_tags(Error error, const Endpoint& endpoint, const Reference& reference) {
    constexpr std::size_t kMaxShown = 40;
    Question question(endpoint, reference, "tags/list?n=1000", format("the tags of {}", reference.repository));
    question.request.deadline = kDocumentDeadline;
    const Result<HttpResponse> answer =
        send(question, [this](const HttpRequest& request) { return client_.get(request, kMaxTagListBytes); });
    const Result<Json> json = answer ? parse_json(answer->body, "the list of tags") : Result<Json>(Json());
    const Json* list = json ? find_member(*json, "tags") : nullptr;
    if (list == nullptr || !list->is_array()) return error;
    std::vector<std::string> tags;
    for (const Json& tag : *list)
        if (tag.is_string()) tags.push_back(tag.get<std::string>());
    if (tags.empty()) return error;
    if (std::string near = suggestion(reference.tag, tags); !near.empty()) error.hint = std::move(near);
    const std::size_t hidden = tags.size() - std::min(tags.size(), kMaxShown);
    tags.resize(tags.size() - hidden);
    error.detail = format("tags there are: {}{}", join(tags, ", "), hidden > 0 ? format(", and {} more", hidden) : "");
    return error;
}

Status RegistryClient::blob_from(const Endpoint& endpoint, const Reference& reference, const Descriptor& blob, ByteSink& sink) {
    const Question question(endpoint, reference, format("blobs/{}", blob.digest.text()), name_blob(reference, blob));
    const auto download = [&](const HttpRequest& request) { return client_.download(request, sink, blob.size); };
    MABPLAN_TRY(answer, send(question, download));
    return {};
}

Result<FetchedManifest> RegistryClient::fetch_manifest(const Reference& reference) {
    FetchedManifest manifest;
    MABPLAN_CHECK(ask_each(reference, [&](const Endpoint& endpoint) -> Status {
        MABPLAN_TRY(found, manifest_from(endpoint, reference));
        manifest = std::move(found);
        return {};
    }));
    return manifest;
}

Status RegistryClient::fetch_blob(const Reference& reference, const Descriptor& blob, const BlobStore& store,
                                  const ByteProgress& progress) {
    if (store.size(blob.digest) == blob.size) return {};
    return ask_each(reference, [&](const Endpoint& endpoint) -> Status {
        MABPLAN_TRY(writer, store.create());
        ProgressSink sink(*writer, progress, blob.size);
        MABPLAN_CHECK(blob_from(endpoint, reference, blob, sink));
        Result<Digest> committed = writer->commit(blob.digest);
        if (!committed) return pass(std::move(committed).error(), format("fetching {}", name_blob(reference, blob)));
        return {};
    });
}

Result<std::string> RegistryClient::read_blob(const Reference& reference, const Descriptor& blob) {
    if (blob.size > kMaxSmallBlobBytes)
        return fail(ErrorKind::Verify, format("{} is larger than {}", name_blob(reference, blob), format_bytes(kMaxSmallBlobBytes)));
    StringSink sink;
    const Status done = ask_each(reference, [&](const Endpoint& endpoint) -> Status {
        sink.bytes.clear();
        MABPLAN_CHECK(blob_from(endpoint, reference, blob, sink));
        const Digest digest = Digest::of(sink.bytes);
        if (digest == blob.digest) return {};
        return fail(ErrorKind::Verify,
                    format("{} is not what was asked for: its bytes hash to {}", name_blob(reference, blob), digest.text()));
    });
    if (!done) return fail(done.error());
    return std::move(sink.bytes);
}

}  // namespace mabplan::runtime
