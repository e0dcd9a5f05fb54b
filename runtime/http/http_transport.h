// One exchange with one server over HTTP or HTTPS: the one user of libcurl. Does not follow redirects and does not try again.
#pragma once

#include "plans/base/result.h"
#include "runtime/http/trust.h"
#include "runtime/http/url.h"
#include "runtime/sys/byte_stream.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

enum class HttpMethod { Get, Head, Post, Put, Patch };

struct HttpHeader {
    std::string name;
    std::string value;
};

// What is too large to be held while it is sent. Read anew for each attempt.
struct HttpUpload {
    std::function<Result<std::unique_ptr<ByteSource>>()> open;
    std::uint64_t size = 0;  // bytes; a source that has fewer or more is a Verify error
};

struct HttpRequest {
    HttpMethod method = HttpMethod::Get;
    Url url;
    std::vector<HttpHeader> headers;
    std::string authorization;           // of url's origin alone; empty: none
    std::string body;                    // of a Post: a form, unless a header says another type; of Put and Patch: as it is
    std::optional<HttpUpload> upload{};  // of Put and Patch, in place of the body
    std::chrono::seconds deadline{0};    // for the whole exchange; 0: none, only stalls count
    std::chrono::seconds patience{0};    // how long nothing may come while the server works; 0: as long as anything may stall
};

struct HttpResponse {
    int status = 0;
    std::vector<HttpHeader> headers;  // names in lower case
    std::string body;                 // filled by HttpClient, for small answers and errors
};

// The first value of a header (name in lower case); empty if there is none.
std::string find_header(const HttpResponse& response, std::string_view name);

enum class HttpTrouble {
    Connect,      // no name, no route, refused
    Tls,          // no TLS there
    Certificate,  // TLS is spoken there, but one of us does not take the certificate of the other
    Broken,       // cut off on the way: trying again may help
    Stalled,      // nothing came, or too little, for as long as is waited: trying again seldom helps
    Final,        // ours, or the receiver's: trying again does not help
};

struct HttpFailure {
    Error error;
    HttpTrouble trouble = HttpTrouble::Final;
};
using HttpResult = tl::expected<HttpResponse, HttpFailure>;

enum class Flow { More, Enough };

// Takes an answer as it comes in. A failure ends the exchange and is its result; Enough ends it as if the body ended there.
class HttpReceiver {
public:
    virtual ~HttpReceiver() = default;
    virtual Status begin(const HttpResponse& head) = 0;  // once, before any of the body
    virtual Result<Flow> take(std::string_view bytes) = 0;
};

class HttpTransport {
public:
    virtual ~HttpTransport() = default;
    virtual HttpResult exchange(const HttpRequest& request, HttpReceiver& receiver) = 0;  // called by several threads
};

struct HttpTimeouts {
    std::chrono::seconds connect{30};
    std::chrono::seconds stall{60};  // at less than `slowest`
    long slowest = 1024;             // bytes a second: a peer that sends one now and then has stalled, too
};

using StopSignal = std::function<bool()>;  // true: give up now; may be empty

// Proxies come from the environment as curl reads it; loopback is never asked through one.
std::unique_ptr<HttpTransport> make_curl_transport(TrustSettings trust, HttpTimeouts timeouts, StopSignal stop);

}  // namespace mabplan::runtime
