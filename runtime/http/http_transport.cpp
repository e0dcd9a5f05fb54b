#include "runtime/http/http_transport.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/http/curl_library.h"
#include "runtime/sys/guarded.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <span>
#include <system_error>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kMaxHeaderBytes = 256U << 10U;

struct CloseHandle {
    void operator()(CURL* handle) const { curl().easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, CloseHandle>;

struct FreeList {
    void operator()(curl_slist* list) const { curl().slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

// What the callbacks of one exchange share.
struct Exchange {
    CURL* handle;
    HttpReceiver& receiver;
    const StopSignal& stop;
    HttpResponse response{};
    Status status{};  // the failure that ended it from our side
    std::size_t header_bytes = 0;
    bool begun = false;
    bool enough = false;
    bool stopped = false;
    const HttpUpload* upload = nullptr;
    std::unique_ptr<ByteSource> sending{};
    std::uint64_t sent = 0;
};

Status begin_to_send(Exchange& exchange) {
    MABPLAN_TRY(source, exchange.upload->open());
    exchange.sending = std::move(source);
    exchange.sent = 0;
    return {};
}

// At the end nothing; then all of it was sent, or it is no more what it was said to be.
Result<std::size_t> send_some(Exchange& exchange, std::span<char> buffer) {
    MABPLAN_TRY(count, exchange.sending->read(buffer));
    exchange.sent += count;
    const std::uint64_t size = exchange.upload->size;
    if (exchange.sent > size || (count == 0 && exchange.sent < size))
        return fail(ErrorKind::Verify,
                    format("what is to be sent has {} than the {} bytes that were said", exchange.sent > size ? "more" : "fewer", size));
    return count;
}

std::size_t on_send(char* buffer, std::size_t, std::size_t count, void* context) {
    Exchange& exchange = *static_cast<Exchange*>(context);
    Result<std::size_t> sent = send_some(exchange, {buffer, count});
    if (sent) return *sent;
    exchange.status = fail(std::move(sent).error());
    return CURL_READFUNC_ABORT;
}

// A kept connection that was closed meanwhile is found out while sending: libcurl begins anew on another one. Not where some was sent: the
// server may have it, and would get it twice.
int on_rewind(void* context, curl_off_t offset, int origin) {
    Exchange& exchange = *static_cast<Exchange*>(context);
    if (offset != 0 || origin != SEEK_SET || exchange.sent > 0) return CURL_SEEKFUNC_FAIL;
    exchange.status = begin_to_send(exchange);
    return exchange.status ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

void add_header_line(Exchange& exchange, std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    exchange.response.headers.push_back({to_lower(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1)))});
}

// One line of the head, status line and empty last line included. An answer below 200 is followed by another head.
std::size_t on_header(char* bytes, std::size_t, std::size_t count, void* context) {
    Exchange& exchange = *static_cast<Exchange*>(context);
    if (exchange.begun) return count;  // trailers
    const std::string_view line(bytes, count);
    exchange.header_bytes += count;
    if (exchange.header_bytes > kMaxHeaderBytes) {
        exchange.status = fail(ErrorKind::Registry, format("the answer has more than {} of headers", format_bytes(kMaxHeaderBytes)));
        return 0;
    }
    if (line.starts_with("HTTP/")) {
        const std::vector<std::string_view> words = split(trim(line), ' ');
        exchange.response = {};
        exchange.response.status = words.size() > 1 ? static_cast<int>(parse_unsigned(words[1]).value_or(0)) : 0;
        return count;
    }
    if (!trim(line).empty()) {
        add_header_line(exchange, line);
        return count;
    }
    if (exchange.response.status < 200) return count;
    exchange.begun = true;
    exchange.status = exchange.receiver.begin(exchange.response);
    return exchange.status ? count : 0;
}

std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* context) {
    Exchange& exchange = *static_cast<Exchange*>(context);
    Result<Flow> flow = exchange.receiver.take(std::string_view(bytes, count));
    if (!flow) {
        exchange.status = fail(std::move(flow).error());
        return 0;
    }
    exchange.enough = *flow == Flow::Enough;
    return exchange.enough ? 0 : count;
}

int on_progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    Exchange& exchange = *static_cast<Exchange*>(context);
    exchange.stopped = exchange.stop && exchange.stop();
    if (!exchange.stopped) return 0;
    // a thread of libcurl's that still asks a name server is left behind, which it would wait for else
    curl().easy_setopt(exchange.handle, CURLOPT_QUICK_EXIT, 1L);
    return 1;
}

HttpTrouble trouble_of(CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_CONNECT: return HttpTrouble::Connect;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER: return HttpTrouble::Tls;
        case CURLE_OPERATION_TIMEDOUT: return HttpTrouble::Stalled;
        case CURLE_PARTIAL_FILE:
        case CURLE_SEND_FAIL_REWIND:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
        case CURLE_GOT_NOTHING:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM: return HttpTrouble::Broken;
        default: return HttpTrouble::Final;
    }
}

std::string hint_for(CURLcode code, const std::string& host, std::string_view text) {
    const bool plain = text.find("wrong version number") != std::string_view::npos;
    if (code == CURLE_SSL_CONNECT_ERROR && plain)
        return format(R"({0} speaks plain HTTP there: if that is meant, write registries: {{"{0}": {{http: true}}}} in mabplan.yaml)",
                      host);
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
        return format(R"(if its authority is your own, write registries: {{"{0}": {{ca: [FILE]}}}} in mabplan.yaml, )"
                      "put it into /etc/docker/certs.d/{0}/ca.crt, or set SSL_CERT_FILE",
                      host);
    return {};
}

HttpFailure failure_of(CURLcode code, const Url& url, std::string_view text, long system_number) {
    std::string said(trim(text.empty() ? std::string_view(curl().easy_strerror(code)) : text));
    if (code == CURLE_COULDNT_CONNECT && system_number != 0)
        said = format("no connection: {}", std::generic_category().message(static_cast<int>(system_number)));
    Error error{ErrorKind::Registry, format("cannot get {}: {}", shown_url(url), said), {}, {}, hint_for(code, authority(url), said), {}};
    const bool about_certificate = said.find("certificate") != std::string::npos;  // curl's and OpenSSL's words: codes do not tell
    return HttpFailure{std::move(error), about_certificate ? HttpTrouble::Certificate : trouble_of(code)};
}

bool is_one_line(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; });
}

bool append(HeaderList& list, const std::string& line) {
    if (!is_one_line(line)) return false;
    curl_slist* longer = curl().slist_append(list.get(), line.c_str());
    if (longer == nullptr) return false;
    static_cast<void>(list.release());
    list.reset(longer);
    return true;
}

// Nobody is asked whether he would take what comes (Expect): that costs a second where he does not answer.
bool list_headers(const HttpRequest& request, HeaderList& list) {
    bool good = append(list, "User-Agent: mabplan") && append(list, "Expect:");
    for (const HttpHeader& header : request.headers) good = good && append(list, format("{}: {}", header.name, header.value));
    if (!request.authorization.empty()) good = good && append(list, "Authorization: " + request.authorization);
    return good;
}

void set_method(CURL* handle, const HttpRequest& request) {
    switch (request.method) {
        case HttpMethod::Get: return;
        case HttpMethod::Head: curl().easy_setopt(handle, CURLOPT_NOBODY, 1L); return;
        case HttpMethod::Put:
        case HttpMethod::Patch:
            curl().easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method == HttpMethod::Put ? "PUT" : "PATCH");
            if (request.upload) {
                curl().easy_setopt(handle, CURLOPT_UPLOAD, 1L);
                curl().easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.upload->size));
                curl().easy_setopt(handle, CURLOPT_UPLOAD_BUFFERSIZE, 512L << 10);
                return;
            }
            break;
        case HttpMethod::Post: break;
    }
    curl().easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl().easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, request.body.c_str());
}

class CurlTransport final : public HttpTransport {
public:
    CurlTransport(TrustSettings trust, HttpTimeouts timeouts, StopSignal stop)
        : trust_(std::move(trust)), timeouts_(timeouts), stop_(std::move(stop)) {}

    HttpResult exchange(const HttpRequest& request, HttpReceiver& receiver) override;

private:
    Handle take_handle();
    void give_back(Handle handle);
    Result<HostTrust> trusted(const std::string& host);
    void set_options(CURL* handle, const HttpRequest& request, const HostTrust& trust) const;

    TrustSettings trust_;
    HttpTimeouts timeouts_;
    StopSignal stop_;
    Guarded<std::vector<Handle>> idle_;                // with their open connections
    Guarded<std::map<std::string, HostTrust>> known_;  // by host
};

// A handle keeps its connections: as many are kept as were used at once.
Handle CurlTransport::take_handle() {
    const auto idle = idle_.lock();
    if (idle->empty()) return Handle(curl().easy_init());
    Handle handle = std::move(idle->back());
    idle->pop_back();
    return handle;
}

void CurlTransport::give_back(Handle handle) {
    curl().easy_reset(handle.get());
    idle_.lock()->push_back(std::move(handle));
}

Result<HostTrust> CurlTransport::trusted(const std::string& host) {
    const auto known = known_.lock();
    if (const auto found = known->find(host); found != known->end()) return found->second;
    MABPLAN_TRY(trust, read_trust(trust_, host));
    known->emplace(host, trust);
    return trust;
}

void CurlTransport::set_options(CURL* handle, const HttpRequest& request, const HostTrust& trust) const {
    curl().easy_setopt(handle, CURLOPT_URL, format_url(request.url).c_str());
    curl().easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl().easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
    curl().easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl().easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl().easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl().easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, static_cast<long>(timeouts_.connect.count()));
    curl().easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, timeouts_.slowest);
    curl().easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(std::max(timeouts_.stall, request.patience).count()));
    curl().easy_setopt(handle, CURLOPT_TIMEOUT, static_cast<long>(request.deadline.count()));
    curl().easy_setopt(handle, CURLOPT_BUFFERSIZE, 256L << 10);
    curl().easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    if (is_loopback(request.url.host)) curl().easy_setopt(handle, CURLOPT_PROXY, "");
    set_method(handle, request);
    if (!trust.is_verified) {
        curl().easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L);
        curl().easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!trust.own.certificate.empty()) {
        curl().easy_setopt(handle, CURLOPT_SSLCERT, trust.own.certificate.c_str());
        curl().easy_setopt(handle, CURLOPT_SSLKEY, trust.own.key.c_str());
    }
    if (!trust.authorities.empty()) {
        std::string text = trust.authorities;  // libcurl takes no constant, and copies it
        curl_blob blob{text.data(), text.size(), CURL_BLOB_COPY};
        curl().easy_setopt(handle, CURLOPT_CAINFO_BLOB, &blob);
    }
}

void set_callbacks(CURL* handle, Exchange& exchange, char* message) {
    curl().easy_setopt(handle, CURLOPT_HEADERFUNCTION, &on_header);
    curl().easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
    curl().easy_setopt(handle, CURLOPT_WRITEFUNCTION, &on_body);
    curl().easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
    curl().easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &on_progress);
    curl().easy_setopt(handle, CURLOPT_XFERINFODATA, &exchange);
    curl().easy_setopt(handle, CURLOPT_ERRORBUFFER, message);
    if (exchange.upload == nullptr) return;
    curl().easy_setopt(handle, CURLOPT_READFUNCTION, &on_send);
    curl().easy_setopt(handle, CURLOPT_READDATA, &exchange);
    curl().easy_setopt(handle, CURLOPT_SEEKFUNCTION, &on_rewind);
    curl().easy_setopt(handle, CURLOPT_SEEKDATA, &exchange);
}

HttpResult CurlTransport::exchange(const HttpRequest& request, HttpReceiver& receiver) {
    const auto ours = [](Error error) { return tl::unexpected(HttpFailure{std::move(error), HttpTrouble::Final}); };
    Result<HostTrust> trust = request.url.scheme == "https" ? trusted(authority(request.url)) : Result<HostTrust>(HostTrust{});
    if (!trust) return ours(std::move(trust).error());
    if (!load_curl()) return ours(load_curl().error());
    HeaderList headers;
    Handle handle = take_handle();
    if (!handle || !list_headers(request, headers))
        return ours(Error{ErrorKind::Registry, format("cannot ask {}: a header holds control characters", shown_url(request.url))});
    Exchange exchange{handle.get(), receiver, stop_};
    if (request.upload) {
        exchange.upload = &*request.upload;
        if (Status begun = begin_to_send(exchange); !begun) return ours(std::move(begun).error());
    }
    std::array<char, CURL_ERROR_SIZE> message{};
    set_options(handle.get(), request, *trust);
    set_callbacks(handle.get(), exchange, message.data());
    curl().easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get());
    const CURLcode code = curl().easy_perform(handle.get());
    long system_number = 0;
    curl().easy_getinfo(handle.get(), CURLINFO_OS_ERRNO, &system_number);
    give_back(std::move(handle));
    if (exchange.stopped) return ours(Error{ErrorKind::Interrupted, "interrupted"});
    if (!exchange.status) return ours(std::move(exchange.status).error());
    if (code == CURLE_OK || exchange.enough) return std::move(exchange.response);
    return tl::unexpected(failure_of(code, request.url, message.data(), system_number));
}

}  // namespace

std::string find_header(const HttpResponse& response, std::string_view name) {
    const auto found = std::find_if(response.headers.begin(), response.headers.end(), [&](const HttpHeader& h) { return h.name == name; });
    return found == response.headers.end() ? std::string() : found->value;
}

std::unique_ptr<HttpTransport> make_curl_transport(TrustSettings trust, HttpTimeouts timeouts, StopSignal stop) {
    return std::make_unique<CurlTransport>(std::move(trust), timeouts, std::move(stop));
}

}  // namespace mabplan::runtime
