// Requests that survive a network: redirects, trying again, going on where it broke off. Knows HTTP; does not know registries or files.
//
// An Authorization goes to the origin it was given for and to no other. A redirect from https to http, or from a public host to
// a private or link-local address, is refused. What writes is sent on as it is (307, 308) or not at all; a form stays where it was sent.
#pragma once

#include "runtime/http/http_transport.h"
#include "runtime/sys/byte_stream.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace mabplan::runtime {

struct HttpLimits {
    int attempts = 6;          // for what may pass: 408, 429, 5xx, broken connections
    int connect_attempts = 2;  // for hosts that are not there
    int stall_attempts = 2;    // for those that are there and say nothing
    int redirects = 8;
    std::chrono::milliseconds first_pause{500};       // doubled each time
    std::chrono::milliseconds longest_pause{30'000};  // a longer Retry-After is not waited for
};

class HttpClient {
public:
    HttpClient(HttpTransport& transport, HttpLimits limits, StopSignal stop)
        : transport_(transport), limits_(limits), stop_(std::move(stop)) {}

    // The answer of whatever status with its body. A body of 2xx above `max_bytes` is a Verify error; other bodies are cut.
    HttpResult get(const HttpRequest& request, std::uint64_t max_bytes) const;
    // The same in one attempt, for what cannot simply be sent again.
    HttpResult send_once(const HttpRequest& request, std::uint64_t max_bytes) const;
    // The answer of whatever status, its body given to the receiver, which begins anew with each attempt.
    HttpResult exchange(const HttpRequest& request, HttpReceiver& receiver) const;
    // Exactly `size` bytes into the sink if the status is 200 in the end; fewer or more are a Verify error. Otherwise the sink
    // is left alone and the answer holds the body. The sink sees each byte once, however often the connection breaks.
    HttpResult download(const HttpRequest& request, ByteSink& sink, std::uint64_t size) const;

    // After the n-th attempt (from 1) gave this: how long to wait before the next; nothing: there is to be none.
    std::optional<std::chrono::milliseconds> pause_after(const HttpResult& result, int attempt) const;
    // An Interrupted error if waiting was ended.
    Status wait(std::chrono::milliseconds length) const;
    const HttpLimits& limits() const { return limits_; }

private:
    HttpResult follow(HttpRequest request, HttpReceiver& receiver) const;

    HttpTransport& transport_;
    HttpLimits limits_;
    StopSignal stop_;
};

// Retry-After in seconds or as a date (RFC 9110, section 10.2.3), from `now` (seconds since 1970); nothing if it is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, std::int64_t now);

}  // namespace mabplan::runtime
