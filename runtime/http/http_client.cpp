#include "runtime/http/http_client.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/http/http_date.h"
#include "runtime/sys/thread.h"

#include <algorithm>
#include <ctime>
#include <optional>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kMaxErrorBytes = 64U << 10U;
constexpr std::uint64_t kProgressBytes = 1U << 20U;  // after so much, a broken connection is counted as the first again

bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }
bool may_pass(int status) { return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504; }
bool is_success(int status) { return status >= 200 && status < 300; }

Failure verify_error(std::string message) { return fail(ErrorKind::Verify, std::move(message)); }
tl::unexpected<HttpFailure> final_failure(Error error) { return tl::unexpected(HttpFailure{std::move(error), HttpTrouble::Final}); }

// Keeps a small body.
class BodyCollector : public HttpReceiver {
public:
    explicit BodyCollector(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}
    Status begin(const HttpResponse& head) override {
        body_.clear();
        success_ = is_success(head.status);
        return {};
    }
    Result<Flow> take(std::string_view bytes) override {
        const std::uint64_t limit = success_ ? max_bytes_ : kMaxErrorBytes;
        if (success_ && body_.size() + bytes.size() > limit)
            return verify_error(format("the answer is larger than {}", format_bytes(limit)));
        body_ += bytes.substr(0, limit - body_.size());
        return body_.size() == limit && !success_ ? Flow::Enough : Flow::More;
    }
    std::string& body() { return body_; }

private:
    std::uint64_t max_bytes_;
    std::string body_;
    bool success_ = false;
};

// Passes the body on to a sink, over several answers if need be.
class Download final : public HttpReceiver {
public:
    Download(ByteSink& sink, std::uint64_t size) : sink_(sink), size_(size), errors_(0) {}

    Status begin(const HttpResponse& head) override;
    Result<Flow> take(std::string_view bytes) override;
    std::uint64_t received() const { return received_; }
    std::string& error_body() { return errors_.body(); }

private:
    ByteSink& sink_;
    std::uint64_t size_;
    std::uint64_t received_ = 0;  // handed to the sink
    std::uint64_t skip_ = 0;      // bytes of this answer that the sink has already
    bool to_sink_ = false;
    BodyCollector errors_;
};

// "bytes 100-199/200" -> where it starts, if it ends at the end of `size` bytes.
std::optional<std::uint64_t> range_start(std::string_view text, std::uint64_t size) {
    const std::size_t dash = text.find('-');
    const std::size_t slash = text.find('/');
    if (!text.starts_with("bytes ") || dash == std::string_view::npos || slash == std::string_view::npos || slash < dash)
        return std::nullopt;
    const auto start = parse_unsigned(text.substr(6, dash - 6));
    const auto last = parse_unsigned(text.substr(dash + 1, slash - dash - 1));
    const std::string_view total = text.substr(slash + 1);
    if (!start || last != size - 1 || (total != "*" && parse_unsigned(total) != size)) return std::nullopt;
    return start;
}

Status Download::begin(const HttpResponse& head) {
    to_sink_ = head.status == 200 || head.status == 206;
    if (!to_sink_) return errors_.begin(head);
    skip_ = 0;
    if (head.status == 206) {
        const std::string range = find_header(head, "content-range");
        if (received_ > 0 && range_start(range, size_) == received_) return {};
        return verify_error(format("the answer is the range {}, asked for was byte {} to the end of {}", quoted(range), received_, size_));
    }
    skip_ = received_;
    const std::string length = find_header(head, "content-length");
    if (!length.empty() && parse_unsigned(length) != size_)
        return verify_error(format("the server announces {} bytes, expected are {}", length, size_));
    return {};
}

Result<Flow> Download::take(std::string_view bytes) {
    if (!to_sink_) return errors_.take(bytes);
    const std::uint64_t skipped = std::min<std::uint64_t>(skip_, bytes.size());
    skip_ -= skipped;
    bytes.remove_prefix(skipped);
    if (received_ + bytes.size() > size_) return verify_error(format("the server sends more than the {} bytes expected", size_));
    MABPLAN_CHECK(sink_.write(bytes));
    received_ += bytes.size();
    return Flow::More;
}

// How long to wait before the next attempt: what the server asks for, else doubled each time.
std::chrono::milliseconds pause_for(const HttpResult& result, int attempt, const HttpLimits& limits) {
    const std::chrono::milliseconds own = std::min(limits.longest_pause, limits.first_pause * (1 << std::min(attempt - 1, 10)));
    if (!result) return own;
    const auto asked = parse_retry_after(find_header(*result, "retry-after"), std::time(nullptr));
    return asked ? std::chrono::milliseconds(*asked) : own;
}

int attempts_for(const HttpResult& result, const HttpLimits& limits) {
    if (result) return may_pass(result->status) ? limits.attempts : 1;
    if (result.error().trouble == HttpTrouble::Broken) return limits.attempts;
    if (result.error().trouble == HttpTrouble::Stalled) return limits.stall_attempts;
    return result.error().trouble == HttpTrouble::Connect ? limits.connect_attempts : 1;
}

// RFC 9110, section 15.4: 301, 302 and 303 may make a GET of what was to be written.
bool is_followed(HttpMethod method, int status) {
    if (method == HttpMethod::Post) return false;
    const bool reads = method == HttpMethod::Get || method == HttpMethod::Head;
    return is_redirect(status) && (reads || status == 307 || status == 308);
}

Status check_redirect(const Url& from, const Url& to) {
    const std::string_view why = lowered_guard(from, to);
    if (why.empty()) return {};
    return fail(ErrorKind::Registry, format("{} redirects to {}: {}", shown_url(from), shown_url(to), why));
}

}  // namespace

HttpResult HttpClient::follow(HttpRequest request, HttpReceiver& receiver) const {
    for (int hop = 0;; ++hop) {
        HttpResult result = transport_.exchange(request, receiver);
        if (!result || !is_followed(request.method, result->status)) return result;
        const std::string location = find_header(*result, "location");
        if (location.empty()) return result;
        if (hop == limits_.redirects)
            return final_failure(Error{ErrorKind::Registry, format("{} redirects more than {} times", shown_url(request.url), hop)});
        Result<Url> target = resolve_url(request.url, location);
        if (!target)
            return final_failure(std::move(target).error().with_context(format("following a redirect of {}", shown_url(request.url))));
        if (Status checked = check_redirect(request.url, *target); !checked) return final_failure(std::move(checked).error());
        if (!same_origin(request.url, *target)) request.authorization.clear();
        request.url = std::move(*target);
    }
}

HttpResult HttpClient::exchange(const HttpRequest& request, HttpReceiver& receiver) const {
    for (int attempt = 1;; ++attempt) {
        HttpResult result = follow(request, receiver);
        const auto pause = pause_after(result, attempt);
        if (!pause) return result;
        if (Status waited = wait(*pause); !waited) return final_failure(std::move(waited).error());
    }
}

std::optional<std::chrono::milliseconds> HttpClient::pause_after(const HttpResult& result, int attempt) const {
    const std::chrono::milliseconds length = pause_for(result, attempt, limits_);
    if (attempt >= attempts_for(result, limits_) || length > limits_.longest_pause) return std::nullopt;
    return length;
}

Status HttpClient::wait(std::chrono::milliseconds length) const {
    if (!sleep_unless(stop_, length)) return fail(ErrorKind::Interrupted, "interrupted");
    return {};
}

HttpResult HttpClient::send_once(const HttpRequest& request, std::uint64_t max_bytes) const {
    BodyCollector body(max_bytes);
    HttpResult result = follow(request, body);
    if (result) result->body = std::move(body.body());
    return result;
}

HttpResult HttpClient::get(const HttpRequest& request, std::uint64_t max_bytes) const {
    BodyCollector body(max_bytes);
    HttpResult result = exchange(request, body);
    if (result) result->body = std::move(body.body());
    return result;
}

HttpResult HttpClient::download(const HttpRequest& request, ByteSink& sink, std::uint64_t size) const {
    Download body(sink, size);
    std::uint64_t before = 0;
    for (int attempt = 1;; ++attempt) {
        HttpRequest part = request;
        if (body.received() > 0) part.headers.push_back({"Range", format("bytes={}-", body.received())});
        HttpResult result = body.received() == size && size > 0 ? HttpResult(HttpResponse{200, {}, {}}) : follow(part, body);
        if (result) result->body = std::move(body.error_body());
        const bool success = result && (result->status == 200 || result->status == 206);
        if (success && body.received() == size) return HttpResponse{200, std::move(result->headers), {}};
        if (success)
            return final_failure(Error{ErrorKind::Verify, format("the server sent {} bytes, expected are {}", body.received(), size)});
        if (body.received() - before >= kProgressBytes) attempt = 1;
        before = body.received();
        const auto pause = pause_after(result, attempt);
        if (!pause) return result;
        if (Status waited = wait(*pause); !waited) return final_failure(std::move(waited).error());
    }
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, std::int64_t now) {
    if (const auto seconds = parse_unsigned(text); seconds && *seconds <= 1'000'000'000) return std::chrono::seconds(*seconds);
    const auto date = parse_http_date(std::string(text));
    if (!date) return std::nullopt;
    return std::chrono::seconds(std::max<std::int64_t>(0, *date - now));
}

}  // namespace mabplan::runtime
