#include "runtime/registry/registry_client.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "plans/oci/manifest.h"
#include "runtime/registry/referrers.h"
#include "runtime/registry/registry_error.h"
#include "runtime/registry/tag_list.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMaxManifestBytes = 4U << 20U;
constexpr std::chrono::seconds kDocumentDeadline{300};  // for what is small

std::string known_media_type(const HttpResponse& response) {
    const std::string header = find_header(response, "content-type");
    const std::string type = to_lower(trim(std::string_view(header).substr(0, header.find(';'))));
    return is_document_type(type) ? type : std::string();
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

// Knows whether anything has come.
struct NotingSink final : ByteSink {
    explicit NotingSink(ByteSink& sink) : next(sink) {}
    ByteSink& next;
    bool has_begun = false;
    Status write(std::string_view more) override {
        has_begun = true;
        return next.write(more);
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

Result<FetchedManifest> RegistryClient::manifest_from(const Endpoint& endpoint, const Reference& reference) {
    const std::string which = reference.digest ? reference.digest->text() : reference.tag;
    RegistryQuestion question = RegistrySession::question(endpoint, reference.repository, format("manifests/{}", which),
                                                          format("the manifest of {}", format_reference(reference)));
    question.request.deadline = kDocumentDeadline;
    for (const std::string_view type : kDocumentTypes) question.request.headers.push_back({"Accept", std::string(type)});
    Result<HttpResponse> answer = session_->ask_for(question, kMaxManifestBytes);
    if (!answer) {
        return fail(is_not_found(answer.error()) && !reference.digest ? with_tags(std::move(answer).error(), endpoint, reference)
                                                                      : std::move(answer).error());
    }
    const Digest digest = Digest::of(answer->body);
    MABPLAN_CHECK(check_manifest(*answer, digest, reference));
    return FetchedManifest{digest, known_media_type(*answer), std::move(answer->body)};
}

// A tag that is not there: which there are, and the nearest. Asked for help only, so its own failure is no news.
Error RegistryClient::with_tags(Error error, const Endpoint& endpoint, const Reference& reference) {
    constexpr std::size_t kMaxShown = 40;
    auto listed = runtime::list_tags(*session_, endpoint, reference, TagPages::First);
    std::vector<std::string> tags = listed ? std::move(*listed) : std::vector<std::string>();
    std::erase(tags, reference.tag);  // it is listed, and its manifest is gone
    if (tags.empty()) return error;
    if (std::string near = suggestion(reference.tag, tags); !near.empty()) error.hint = std::move(near);
    const std::size_t hidden = tags.size() - std::min(tags.size(), kMaxShown);
    tags.resize(tags.size() - hidden);
    error.detail = format("tags there are: {}{}", join(tags, ", "), hidden > 0 ? format(", and {} more", hidden) : "");
    return error;
}

Status RegistryClient::blob_from(const Endpoint& endpoint, const Reference& reference, const Descriptor& blob, ByteSink& sink) {
    const RegistryQuestion question =
        RegistrySession::question(endpoint, reference.repository, format("blobs/{}", blob.digest.text()), name_blob(reference, blob));
    const auto download = [&](const HttpRequest& request) { return session_->client().download(request, sink, blob.size); };
    MABPLAN_TRY(answer, session_->ask_for(question, download));
    return {};
}

Result<FetchedManifest> RegistryClient::fetch_manifest(const Reference& reference) {
    FetchedManifest manifest;
    MABPLAN_CHECK(session_->ask_each(reference.domain, [&](const Endpoint& endpoint) -> Status {
        MABPLAN_TRY(found, manifest_from(endpoint, reference));
        manifest = std::move(found);
        return {};
    }));
    return manifest;
}

Result<std::vector<std::string>> RegistryClient::list_tags(const Reference& reference) {
    MABPLAN_TRY(endpoint, session_->own(reference.domain));
    return runtime::list_tags(*session_, endpoint, reference, TagPages::All);
}

Result<std::vector<Descriptor>> RegistryClient::find_referrers(const Reference& reference, const Digest& subject) {
    return runtime::find_referrers(*session_, reference, subject);
}

Status RegistryClient::fetch_blob(const Reference& reference, const Descriptor& blob, const BlobStore& store,
                                  const ByteProgress& progress) {
    if (store.size(blob.digest) == blob.size) return {};
    return session_->ask_each(reference.domain, [&](const Endpoint& endpoint) -> Status {
        MABPLAN_TRY(writer, store.create());
        ProgressSink sink(*writer, progress, blob.size);
        MABPLAN_CHECK(blob_from(endpoint, reference, blob, sink));
        Result<Digest> committed = writer->commit(blob.digest);
        if (!committed) return pass(std::move(committed).error(), format("fetching {}", name_blob(reference, blob)));
        return {};
    });
}

Status RegistryClient::send_blob(const Reference& reference, const Descriptor& blob, ByteSink& sink) {
    NotingSink noted(sink);
    Status broken_off;
    const Status sent = session_->ask_each(reference.domain, [&](const Endpoint& endpoint) {
        // what one of them has begun no other one can go on with
        if (!noted.has_begun) broken_off = blob_from(endpoint, reference, blob, noted);
        return broken_off;
    });
    return noted.has_begun ? broken_off : sent;
}

Result<std::string> RegistryClient::read_blob(const Reference& reference, const Descriptor& blob) {
    if (blob.size > kMostDocumentBytes)
        return fail(ErrorKind::Verify, format("{} is larger than {}", name_blob(reference, blob), format_bytes(kMostDocumentBytes)));
    StringSink sink;
    const Status done = session_->ask_each(reference.domain, [&](const Endpoint& endpoint) -> Status {
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
