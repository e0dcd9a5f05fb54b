#include "runtime/registry/blob_upload.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMaxAnswerBytes = 1U << 20U;
constexpr std::uint64_t kSmallBlob = 1U << 20U;       // goes in one request
constexpr std::uint64_t kPart = 32U << 20U;           // where a registry takes no blob as a whole
constexpr std::uint64_t kProgressBytes = 1U << 20U;   // after so much, a failure is counted as the first again
constexpr std::chrono::seconds kCommitPatience{600};  // registries read large blobs again before they say that all is well
constexpr std::chrono::seconds kAnswerDeadline{900};  // for what sends no blob

bool is_success(const HttpResult& result) { return result && result->status >= 200 && result->status < 300; }

tl::unexpected<HttpFailure> ours(Error error) { return tl::unexpected(HttpFailure{std::move(error), HttpTrouble::Final}); }

// `size` bytes of a blob from `offset` on, told as they go. Where they are all of it they must be what its digest says: the last of them
// are not given out else, so that the registry never has the whole of something else.
class PartOfBlob final : public ByteSource {
public:
    PartOfBlob(std::unique_ptr<ByteSource> source, const Descriptor& blob, std::uint64_t offset, std::uint64_t size,
               const ByteProgress& progress)
        : source_(std::move(source)), blob_(blob), at_(offset), end_(offset + size), is_whole_(size == blob.size), progress_(progress) {}

    Result<std::size_t> read(std::span<char> buffer) override {
        if (progress_) progress_(at_, blob_.size);
        const std::uint64_t left = end_ - at_;
        if (left == 0) return std::size_t{0};
        MABPLAN_TRY(count, source_->read(buffer.first(std::min<std::uint64_t>(left, buffer.size()))));
        at_ += count;
        if (!is_whole_) return count;
        hash_.update(std::string_view(buffer.data(), count));
        if (at_ == end_ && Digest(hash_.finish()) != blob_.digest)
            return fail(ErrorKind::Verify, format("the bytes of the blob {} are not what its digest says", blob_.digest.text()),
                        "run again: it is made or fetched anew");
        return count;
    }

private:
    std::unique_ptr<ByteSource> source_;
    const Descriptor& blob_;
    std::uint64_t at_;
    std::uint64_t end_;
    bool is_whole_;
    const ByteProgress& progress_;
    Sha256 hash_;
};

// "0-99": 100 bytes. Nothing for "0-0", which is told of one byte and of none.
std::optional<std::uint64_t> received_bytes(const HttpResponse& answer) {
    const std::string header = find_header(answer, "range");
    std::string_view range = trim(std::string_view(header));
    if (range.starts_with("bytes=")) range.remove_prefix(6);
    if (!range.starts_with("0-")) return std::nullopt;
    const auto last = parse_unsigned(range.substr(2));
    return last && *last > 0 ? std::optional(*last + 1) : std::nullopt;
}

}  // namespace

Result<Url> upload_location(const Url& asked, const HttpResponse& answer) {
    const std::string text = find_header(answer, "location");
    const std::string who = authority(asked);
    if (text.empty()) return fail(ErrorKind::Registry, format("{} does not say where to send the bytes (no Location)", who));
    Result<Url> url = resolve_url(asked, text);
    if (!url) return pass(std::move(url).error(), format("reading where {} takes uploads", who));
    const bool names_no_port = url->port == (url->scheme == "https" ? 443 : 80);
    if (url->host == asked.host && names_no_port) {
        url->scheme = asked.scheme;
        url->port = asked.port;
        return url;
    }
    const std::string_view why = lowered_guard(asked, *url);
    if (!why.empty()) return fail(ErrorKind::Registry, format("{} takes uploads at {}: {}", who, shown_url(*url), why));
    return url;
}

RegistryQuestion BlobUpload::to(const Url& url, HttpMethod method) const {
    RegistryQuestion question = about_;
    question.request.url = url;
    question.request.method = method;
    return question;
}

HttpResult BlobUpload::send(const RegistryQuestion& question) {
    return session_.ask(question, [&](const HttpRequest& request) { return client_.send_once(request, kMaxAnswerBytes); });
}

HttpUpload BlobUpload::bytes_from(std::uint64_t offset, std::uint64_t size) const {
    const auto open = [this, offset, size]() -> Result<std::unique_ptr<ByteSource>> {
        MABPLAN_TRY(source, blob_.open(offset));
        return std::unique_ptr<ByteSource>(std::make_unique<PartOfBlob>(std::move(source), blob_.descriptor, offset, size, progress_));
    };
    return {open, size};
}

Status BlobUpload::move_to(const HttpResponse& answer) {
    if (location_ && find_header(answer, "location").empty()) return {};  // it stays where it is
    MABPLAN_TRY(next, upload_location(location_.value_or(about_.request.url), answer));
    location_ = std::move(next);
    return {};
}

HttpResult BlobUpload::begin() {
    RegistryQuestion question = about_;
    question.request.deadline = kAnswerDeadline;
    HttpResult answer = send(question);
    if (!answer || answer->status != 202) return answer;
    if (Status moved = move_to(*answer); !moved) return ours(std::move(moved).error());
    least_ = parse_unsigned(find_header(*answer, "oci-chunk-min-length")).value_or(0);
    offset_ = 0;
    return answer;
}

// As docker does it, without a range where it is all of the blob: some registries take that alone.
HttpResult BlobUpload::send_part() {
    const std::uint64_t left = blob_.descriptor.size - offset_;
    const std::uint64_t size = most_ == 0 ? left : std::min(left, std::max(most_, least_));
    RegistryQuestion question = to(*location_, HttpMethod::Patch);
    question.request.headers.push_back({"Content-Type", "application/octet-stream"});
    if (size != blob_.descriptor.size) question.request.headers.push_back({"Content-Range", format("{}-{}", offset_, offset_ + size - 1)});
    question.request.upload = bytes_from(offset_, size);
    HttpResult answer = send(question);
    if (!is_success(answer)) return answer;
    if (Status moved = move_to(*answer); !moved) return ours(std::move(moved).error());
    offset_ = std::min(received_bytes(*answer).value_or(offset_ + size), offset_ + size);
    return answer;
}

HttpResult BlobUpload::commit(std::optional<HttpUpload> bytes) {
    RegistryQuestion question = to(*location_, HttpMethod::Put);
    add_query(question.request.url, "digest=sha256%3A" + blob_.descriptor.digest.hex());
    question.request.headers.push_back({"Content-Type", "application/octet-stream"});
    // what is in the request itself is small
    if (!bytes) question.request.patience = kCommitPatience;
    question.request.upload = std::move(bytes);
    return send(question);
}

// From where it is to the end, or to the first answer that is no success.
HttpResult BlobUpload::go_on() {
    if (!location_)
        if (HttpResult begun = begin(); !location_) return begun;
    const std::uint64_t size = blob_.descriptor.size;
    if (offset_ == 0 && size <= kSmallBlob && (most_ == 0 || size <= most_)) return commit(bytes_from(0, size));
    while (offset_ < size) {
        const std::uint64_t before = offset_;
        HttpResult sent = send_part();
        if (!is_success(sent)) return sent;
        if (offset_ <= before)
            return ours(Error{ErrorKind::Registry,
                              format("{} takes bytes of an upload, and says that it has none of them", authority(*location_))});
    }
    return commit(std::nullopt);
}

void BlobUpload::begin_anew() {
    location_.reset();
    offset_ = 0;
}

// What the registry has of it; false: it does not say.
bool BlobUpload::find_offset() {
    RegistryQuestion question = to(*location_, HttpMethod::Get);
    question.request.deadline = kAnswerDeadline;
    const HttpResult answer = send(question);
    if (!is_success(answer)) return false;
    const auto received = received_bytes(*answer);
    if (!received || *received > blob_.descriptor.size || !move_to(*answer)) return false;
    offset_ = *received;
    return true;
}

// Puts it where it can go on after this; false where it can't.
bool BlobUpload::recover(const HttpResult& result) {
    if (!result) {
        const HttpTrouble trouble = result.error().trouble;
        if (trouble != HttpTrouble::Broken && trouble != HttpTrouble::Stalled && trouble != HttpTrouble::Connect) return false;
        if (!location_ || !find_offset()) begin_anew();
        return true;
    }
    switch (result->status) {
        case 413:  // a proxy before the registry that takes no large bodies
            if (most_ > 0 && most_ <= std::max(least_, kSmallBlob)) return false;
            most_ = most_ == 0 ? kPart : most_ / 4;
            begin_anew();
            return true;
        case 416:
            if (!location_ || !find_offset()) begin_anew();
            return true;
        case 404: {  // an upload that the registry has forgotten; without one there is no such repository
            const bool was_open = location_.has_value();
            begin_anew();
            return was_open;
        }
        default: begin_anew(); return true;
    }
}

// The registry has refused what it got: either it is not what the digest says, or the registry is wrong.
Status BlobUpload::check_bytes() const {
    MABPLAN_TRY(source, blob_.open(0));
    HashingSink hash;
    MABPLAN_TRY(count, copy_bytes(*source, hash));
    if (count == blob_.descriptor.size && hash.finish() == blob_.descriptor.digest) return {};
    return fail(ErrorKind::Verify, format("the bytes that were to be pushed are not the blob {}", blob_.descriptor.digest.text()),
                "run again: it is made or fetched anew");
}

Error BlobUpload::explain(HttpResult result) const {
    if (!result) return std::move(result).error().error.with_context(RegistrySession::doing(about_));
    return RegistrySession::refused(about_, *result);
}

Status BlobUpload::run(std::optional<Url> opened) {
    location_ = std::move(opened);
    std::uint64_t before = 0;
    for (int attempt = 1;; ++attempt) {
        HttpResult result = go_on();
        if (is_success(result)) {
            if (progress_) progress_(blob_.descriptor.size, blob_.descriptor.size);
            return {};
        }
        if (result && result->status == 400) {
            MABPLAN_CHECK(check_bytes());
            // some of it may have come twice on a connection that broke: all of it anew, once
            if (!std::exchange(refused_before_, true) && offset_ > 0) {
                begin_anew();
                continue;
            }
        }
        if (offset_ >= before + kProgressBytes) attempt = 1;
        // an upload that was forgotten or is too large in one piece is no trouble of the network, and not waited for
        const bool at_once = result && (result->status == 404 || result->status == 413 || result->status == 416);
        const auto pause = at_once ? std::optional(std::chrono::milliseconds(0)) : client_.pause_after(result, attempt);
        if (!pause || attempt >= client_.limits().attempts || !recover(result)) return fail(explain(std::move(result)));
        before = offset_;
        MABPLAN_CHECK(client_.wait(*pause));
    }
}

}  // namespace mabplan::runtime
