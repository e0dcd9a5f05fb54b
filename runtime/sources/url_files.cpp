#include "runtime/sources/url_files.h"

#include "plans/base/base64.h"
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/base/url_parts.h"
#include "runtime/http/http_date.h"
#include "runtime/http/http_status.h"
#include "runtime/http/offline.h"
#include "runtime/layer/codec.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

constexpr int kNotModified = 304;

bool is_success(int status) { return status >= 200 && status < 300 && status != 206; }

// The blob of an answer on its way in. An answer that repeats what is known already is not read.
class BlobReceiver final : public HttpReceiver {
public:
    BlobReceiver(const BlobStore& blobs, std::string known_etag, const ByteProgress& progress)
        : blobs_(blobs), known_etag_(std::move(known_etag)), progress_(progress) {}

    Status begin(const HttpResponse& head) override {
        sink_.reset();
        blob_.reset();
        known_ = is_success(head.status) && !known_etag_.empty() && find_header(head, "etag") == known_etag_;
        if (known_ || !is_success(head.status)) return {};
        MABPLAN_TRY(blob, blobs_.create());
        blob_ = std::move(blob);
        const std::string length = find_header(head, "content-length");
        sink_.emplace(*blob_, progress_, parse_unsigned(length));
        return {};
    }
    Result<Flow> take(std::string_view bytes) override {
        if (!blob_) return Flow::Enough;
        MABPLAN_CHECK(sink_->write(bytes));
        return Flow::More;
    }
    bool is_known() const { return known_; }
    ContentWriter& blob() { return *blob_; }

private:
    const BlobStore& blobs_;
    std::string known_etag_;
    const ByteProgress& progress_;
    std::unique_ptr<ContentWriter> blob_;
    std::optional<ProgressSink> sink_;  // into the blob
    bool known_ = false;
};

// As Go's net/url has it: what no URL holds is escaped, not refused.
std::string encode_unprintable(std::string_view text) {
    return encode_percent(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

Result<HttpRequest> request_for(const std::string& url) {
    HttpRequest request;
    MABPLAN_TRY(parsed, parse_url(encode_unprintable(without_user(url))));
    request.url = std::move(parsed);
    if (const UrlParts parts = cut_url(url); parts.has_user)
        request.authorization = "Basic " + to_base64(decode_percent(parts.user).value_or(std::string(parts.user)));
    return request;
}

FetchedFile file_of(const RemoteAnswer& answer, const Digest& digest) { return {digest, parse_http_date(answer.modified).value_or(0)}; }

Failure other_file(const std::string& url, Error error) {
    if (error.kind != ErrorKind::Verify) return pass(std::move(error), format("fetching {}", shown_address(url)));
    error.message = format("{} is not the file that its checksum names: {}", shown_address(url), error.message);
    return fail(std::move(error).with_hint("if the file was meant to change, change the checksum"));
}

// A URL may hold a password or a token: the records have its digest.
std::string record_name(const std::string& url) { return "url " + Digest::of(url).text(); }

}  // namespace

std::string shown_address(const std::string& url) {
    const std::string shown = without_user(url);
    return shown.substr(0, shown.find('?'));
}

UrlFiles::UrlFiles(UrlFileOptions options, Store& store)
    : options_(std::move(options)),
      store_(store),
      transport_(make_curl_transport(options_.trust, options_.timeouts, options_.stop)),
      client_(*transport_, options_.limits, options_.stop) {}

// What is damaged counts as absent.
Result<bool> UrlFiles::has_whole(const Digest& digest) {
    if (!store_.blobs().size(digest)) return false;
    MABPLAN_TRY(source, store_.blobs().open(digest));
    HashingSink hash;
    MABPLAN_CHECK(copy_bytes(*source, hash));
    if (hash.finish() == digest) return true;
    MABPLAN_CHECK(store_.blobs().remove(digest));
    return false;
}

// The digest of the file that an answer brought. One that was packed on the way is unpacked, as Go's net/http does it and so BuildKit: if
// its coding is gzip, by that name, and there are any bytes.
Result<Digest> UrlFiles::take_file(const HttpResponse& answer, ContentWriter& blob, const std::optional<Digest>& expected) {
    if (to_lower(find_header(answer, "content-encoding")) != "gzip" || blob.count() == 0) return blob.commit(expected);
    MABPLAN_TRY(packed, blob.commit());
    MABPLAN_TRY(bytes, store_.blobs().open(packed));
    MABPLAN_TRY(unpacked, decompress(std::move(bytes), Compression::Gzip));
    MABPLAN_TRY(file, store_.blobs().create());
    MABPLAN_CHECK(copy_bytes(*unpacked, *file));
    return file->commit(expected);
}

Result<FetchedFile> UrlFiles::download(const std::string& url, const RemoteAnswer* known, const Digest* expected,
                                       const ByteProgress& progress) {
    MABPLAN_TRY(request, request_for(url));
    if (known != nullptr && !known->etag.empty()) request.headers.push_back({"If-None-Match", known->etag});
    if (known != nullptr && !known->modified.empty()) request.headers.push_back({"If-Modified-Since", known->modified});
    request.headers.push_back({"Accept-Encoding", "gzip"});
    BlobReceiver receiver(store_.blobs(), known != nullptr ? known->etag : std::string(), progress);
    HttpResult answer = client_.exchange(request, receiver);
    if (!answer) return fail(std::move(answer).error().error);
    if (known != nullptr && (answer->status == kNotModified || receiver.is_known())) {
        MABPLAN_TRY(digest, Digest::parse(known->value));
        return file_of(*known, digest);
    }
    if (!is_success(answer->status))
        return fail(ErrorKind::Registry, format("cannot get {}: the server answers {}", shown_address(url), status_words(answer->status)));
    auto digest = take_file(*answer, receiver.blob(), expected != nullptr ? std::optional(*expected) : std::nullopt);
    if (!digest) return other_file(url, std::move(digest).error());
    const RemoteAnswer now{digest->text(), find_header(*answer, "etag"), find_header(*answer, "last-modified")};
    MABPLAN_CHECK(store_.records().put_remote(record_name(url), now));
    return file_of(now, *digest);
}

Result<FetchedFile> UrlFiles::current(const std::string& url, const ByteProgress& progress) {
    MABPLAN_TRY(known, store_.records().find_remote(record_name(url)));
    if (known) {
        const auto digest = Digest::parse(known->value);
        const bool at_hand = digest && store_.blobs().size(*digest);
        if (at_hand && options_.offline) return file_of(*known, *digest);
        if (!at_hand) known.reset();
    }
    if (options_.offline) return refuse_offline(shown_address(url));
    return download(url, known ? &*known : nullptr, nullptr, progress);
}

Result<FetchedFile> UrlFiles::pinned(const std::string& url, const Digest& digest, const ByteProgress& progress) {
    MABPLAN_TRY(whole, has_whole(digest));
    if (whole) {
        MABPLAN_TRY(known, store_.records().find_remote(record_name(url)));
        return known && known->value == digest.text() ? file_of(*known, digest) : FetchedFile{digest, 0};
    }
    if (url == kStandardInput)
        return fail(ErrorKind::Input, "what was given on the standard input is no longer in the store", "give it again");
    if (options_.offline) return refuse_offline(shown_address(url));
    return download(url, nullptr, &digest, progress);
}

}  // namespace mabplan::runtime
