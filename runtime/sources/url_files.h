// Files behind http and https URLs, brought into the store as blobs. A URL may give another file each time: what it gave last is kept
// in the records and asked for by ETag and date (RFC 9110, section 13), so that an unchanged file is not sent again.
#pragma once

#include "runtime/http/http_client.h"
#include "runtime/store/store.h"
#include "runtime/sys/byte_progress.h"

#include <cstdint>
#include <memory>
#include <string>

namespace mabplan::runtime {

// What stands in place of a URL for what the command line read from its standard input: it is in the store already.
inline constexpr std::string_view kStandardInput = "-";

struct FetchedFile {
    Digest digest;              // of the blob
    std::int64_t modified = 0;  // Last-Modified in seconds since 1970; 0 if the server does not say
};

struct UrlFileOptions {
    TrustSettings trust;
    HttpTimeouts timeouts;
    HttpLimits limits;
    StopSignal stop;
    bool offline = false;  // nobody is asked: what the store has counts, everything else is an error
};

// Safe to use from several threads.
class UrlFiles {
public:
    UrlFiles(UrlFileOptions options, Store& store);

    // What the URL gives now. Registry errors name URL and status.
    Result<FetchedFile> current(const std::string& url, const ByteProgress& progress = {});
    // The file of this digest, from the store if it is there and whole. Another file at the URL is a Verify error.
    Result<FetchedFile> pinned(const std::string& url, const Digest& digest, const ByteProgress& progress = {});

private:
    Result<FetchedFile> download(const std::string& url, const RemoteAnswer* known, const Digest* expected, const ByteProgress& progress);
    Result<bool> has_whole(const Digest& digest);

    Result<Digest> take_file(const HttpResponse& answer, ContentWriter& blob, const std::optional<Digest>& expected);

    UrlFileOptions options_;
    Store& store_;
    std::unique_ptr<HttpTransport> transport_;
    HttpClient client_;
};

// Without user and query, which may be secrets: for messages.
std::string shown_address(const std::string& url);

}  // namespace mabplan::runtime
