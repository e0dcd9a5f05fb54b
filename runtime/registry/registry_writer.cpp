#include "runtime/registry/registry_writer.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/registry/referrers.h"

#include <algorithm>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMostAnswerBytes = 1U << 20U;
constexpr std::chrono::seconds kWriteDeadline{300};
constexpr int kMostAttempts = 5;
constexpr std::size_t kMostMounts = 3;  // repositories that are tried
constexpr const char* kPush = "pull,push";

std::string blob_name(const Reference& to, const Descriptor& blob) {
    return format("the blob {} of {}/{}", blob.digest.text(), to.domain, to.repository);
}

RegistryQuestion question_to(const Endpoint& endpoint, const Reference& to, std::string_view path, std::string what) {
    RegistryQuestion question = RegistrySession::question(endpoint, to.repository, path, std::move(what));
    question.scope.actions = kPush;
    question.verb = "push";
    return question;
}

}  // namespace

Result<bool> RegistryWriter::is_there(const Endpoint& endpoint, const Reference& to, const Descriptor& blob) {
    RegistryQuestion question = question_to(endpoint, to, format("blobs/{}", blob.digest.text()), blob_name(to, blob));
    question.request.method = HttpMethod::Head;
    question.request.deadline = kWriteDeadline;
    const HttpResult answer = session_->ask(question, kMostAnswerBytes);
    if (!answer) return pass(Error(answer.error().error), RegistrySession::doing(question));
    if (answer->status == 401) return fail(RegistrySession::refused(question, *answer));
    if (answer->status != 200) return false;  // what else it may mean, sending will tell
    const std::string length = find_header(*answer, "content-length");
    return length.empty() || parse_unsigned(length) == blob.size;
}

// Whatever is refused is sent then.
RegistryWriter::Mount RegistryWriter::mount(const Endpoint& endpoint, const Reference& to, const Descriptor& blob,
                                            const std::string& from) {
    const std::string path = format("blobs/uploads/?mount=sha256%3A{}&from={}{}", blob.digest.hex(), endpoint.prefix, from);
    RegistryQuestion question = question_to(endpoint, to, path, blob_name(to, blob));
    question.request.method = HttpMethod::Post;
    question.request.deadline = kWriteDeadline;
    question.scope.also_read = endpoint.prefix + from;
    const HttpResult answer = session_->ask(question, kMostAnswerBytes);
    if (!answer) return {};
    if (answer->status == 201) return {true, {}};
    if (answer->status != 202) return {};
    Result<Url> opened = upload_location(question.request.url, *answer);
    return {false, opened ? std::optional(std::move(*opened)) : std::nullopt};
}

std::set<std::string> RegistryWriter::repositories_with(const Reference& to, const OutgoingBlob& blob) const {
    std::set<std::string> repositories(blob.elsewhere.begin(), blob.elsewhere.end());
    const auto known = known_.lock();
    if (const auto found = known->find({to.domain, blob.descriptor.digest}); found != known->end())
        repositories.insert(found->second.begin(), found->second.end());
    return repositories;
}

Result<HowPushed> RegistryWriter::push(const Endpoint& endpoint, const Reference& to, const OutgoingBlob& blob,
                                       const ByteProgress& progress) {
    MABPLAN_TRY(there, is_there(endpoint, to, blob.descriptor));
    if (there) return HowPushed::WasThere;
    std::optional<Url> opened;
    std::size_t tried = 0;
    for (const std::string& from : repositories_with(to, blob)) {
        if (from == to.repository || opened || ++tried > kMostMounts) continue;
        Mount mounted = mount(endpoint, to, blob.descriptor, from);
        if (mounted.done) return HowPushed::Mounted;
        opened = std::move(mounted.opened);
    }
    RegistryQuestion question = question_to(endpoint, to, "blobs/uploads/", blob_name(to, blob.descriptor));
    question.request.method = HttpMethod::Post;
    MABPLAN_CHECK(BlobUpload(*session_, question, blob, progress).run(std::move(opened)));
    return HowPushed::Sent;
}

Result<HowPushed> RegistryWriter::put_blob(const Reference& to, const OutgoingBlob& blob, const ByteProgress& progress) {
    const Place place{to.domain, blob.descriptor.digest};
    const auto turn = turns_.take({place, to.repository});
    if (known_.with([&](const auto& known) {
            const auto found = known.find(place);
            return found != known.end() && found->second.contains(to.repository);
        }))
        return HowPushed::WasThere;
    MABPLAN_TRY(endpoint, session_->own(to.domain));
    MABPLAN_TRY(how, push(endpoint, to, blob, progress));
    known_.with([&](auto& known) { known[place].insert(to.repository); });
    return how;
}

Result<HttpResponse> RegistryWriter::put_document(const Reference& to, std::string_view media_type, std::string_view bytes) {
    MABPLAN_TRY(endpoint, session_->own(to.domain));
    const Digest digest = Digest::of(bytes);
    const std::string which = to.tag.empty() ? digest.text() : to.tag;
    Reference named = to;
    if (to.tag.empty()) named.digest = digest;
    RegistryQuestion question =
        question_to(endpoint, to, format("manifests/{}", which), format("the manifest of {}", format_reference(named)));
    question.request.method = HttpMethod::Put;
    question.request.deadline = kWriteDeadline;
    question.request.headers.push_back({"Content-Type", std::string(media_type)});
    question.request.body = std::string(bytes);
    HttpResult answer = session_->ask(question, kMostAnswerBytes);
    if (!answer) return pass(std::move(answer).error().error, RegistrySession::doing(question));
    if (answer->status < 200 || answer->status >= 300) return fail(RegistrySession::refused(question, *answer));
    const Result<Digest> told = Digest::parse(find_header(*answer, "docker-content-digest"));
    if (told && *told != digest)
        return fail(ErrorKind::Verify, format("{} keeps {} as {}, and it was pushed as {}", authority(endpoint.base), question.what,
                                              told->text(), digest.text()));
    return std::move(*answer);
}

Status RegistryWriter::put_manifest(const Reference& to, std::string_view media_type, std::string_view bytes) {
    MABPLAN_TRY(answer, put_document(to, media_type, bytes));
    // a registry that keeps account of it says so (distribution-spec, "Pushing Manifests with Subject")
    if (!find_header(answer, "oci-subject").empty()) return {};
    const auto document = parse_manifest(bytes, media_type, "");
    if (!document || !subject_of(*document)) return {};
    return keep_referrer(to, subject_of(*document)->digest, describe_referrer(*document, media_type, bytes));
}

// In the index under the tag of the subject. Others may write there at the same time, and nothing stops two of them (distribution-spec,
// "Referrers Tag Schema"): it is read again until ours is in it, which leaves a short while for another one to lose it again.
Status RegistryWriter::keep_referrer(const Reference& to, const Digest& subject, const Descriptor& referrer) {
    const Reference tagged{to.domain, to.repository, referrers_tag(subject), {}};
    const auto turn = turns_.take({{to.domain, subject}, to.repository});
    for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
        MABPLAN_TRY(kept, read_referrers_tag(*session_, tagged, subject));
        const auto is_ours = [&](const Descriptor& each) { return each.digest == referrer.digest; };
        if (std::any_of(kept.index.manifests.begin(), kept.index.manifests.end(), is_ours)) return {};
        MABPLAN_TRY(more, add_to_index(kept.bytes, referrer, format_reference(tagged)));
        MABPLAN_TRY(answer, put_document(tagged, media_type::kIndex, more));
    }
    return fail(ErrorKind::Registry,
                format("{} was written again and again, and {} is not in it yet", format_reference(tagged), referrer.digest.text()));
}

Result<std::optional<Digest>> RegistryWriter::find_manifest(const Reference& reference) {
    MABPLAN_TRY(endpoint, session_->own(reference.domain));
    const std::string which = reference.tag.empty() && reference.digest ? reference.digest->text() : reference.tag;
    RegistryQuestion question =
        question_to(endpoint, reference, format("manifests/{}", which), format("the manifest of {}", format_reference(reference)));
    question.request.method = HttpMethod::Head;
    question.request.deadline = kWriteDeadline;
    for (const std::string_view type : kDocumentTypes) question.request.headers.push_back({"Accept", std::string(type)});
    const HttpResult answer = session_->ask(question, kMostAnswerBytes);
    if (!answer) return pass(Error(answer.error().error), RegistrySession::doing(question));
    if (answer->status != 200) return std::optional<Digest>();
    const Result<Digest> digest = Digest::parse(find_header(*answer, "docker-content-digest"));
    return digest ? std::optional(*digest) : std::nullopt;
}

}  // namespace mabplan::runtime
