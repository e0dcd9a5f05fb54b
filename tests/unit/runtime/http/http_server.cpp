#include "tests/unit/runtime/http/http_server.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace mabplan::tests {

namespace {

std::string receive(int connection) {
    std::array<char, 8192> buffer{};
    const ssize_t count = ::recv(connection, buffer.data(), buffer.size(), 0);
    return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
}

void send_all(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::optional<Request> read_request(int connection) {
    std::string text;
    std::size_t end = std::string::npos;
    while ((end = text.find("\r\n\r\n")) == std::string::npos) {
        const std::string more = receive(connection);
        if (more.empty() || more.front() < 'A') return std::nullopt;  // gone, or TLS
        text += more;
    }
    Request request;
    bool first = true;
    for (const std::string_view line : split(std::string_view(text).substr(0, end), '\n')) {
        if (std::exchange(first, false)) {
            const auto words = split(trim(line), ' ');
            if (words.size() != 3) return std::nullopt;
            request.method = words[0];
            request.target = words[1];
            continue;
        }
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos) request.headers[to_lower(line.substr(0, colon))] += std::string(trim(line.substr(colon + 1)));
    }
    request.body = text.substr(end + 4);
    const std::uint64_t length = parse_unsigned(request.headers["content-length"]).value_or(0);
    while (request.body.size() < length) {
        const std::string more = receive(connection);
        if (more.empty()) return std::nullopt;
        request.body += more;
    }
    return request;
}

}  // namespace

HttpServer::HttpServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, any, length) != 0 || ::listen(listener_, 16) != 0 || ::getsockname(listener_, any, &length) != 0)
        throw std::runtime_error("no port for the test server");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

HttpServer::~HttpServer() {
    stop_ = true;
    thread_.join();
    ::close(listener_);
}

void HttpServer::serve() {
    while (!stop_) {
        pollfd waiting{listener_, POLLIN, 0};
        if (::poll(&waiting, 1, 20) <= 0) continue;
        const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        answer(connection);
        ::close(connection);
    }
}

void HttpServer::answer(int connection) {
    const std::optional<Request> request = read_request(connection);
    if (!request) return;
    {
        const std::scoped_lock lock(mutex_);
        requests_.push_back(*request);
    }
    const Answer answer = handler_(*request);
    std::string text;
    if (!answer.raw) {
        text = format("HTTP/1.1 {} X\r\nConnection: close\r\nContent-Length: {}\r\n", answer.status,
                      answer.announced.value_or(answer.body.size()));
        for (const auto& [name, value] : answer.headers) text += format("{}: {}\r\n", name, value);
        text += "\r\n";
    }
    if (request->method != "HEAD") text += answer.body.substr(0, answer.cut_after);
    send_all(connection, text);
    std::this_thread::sleep_for(answer.hang);
}

std::vector<Request> HttpServer::requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
}

std::size_t HttpServer::count(const std::string& target_prefix) const {
    std::size_t number = 0;
    for (const Request& request : requests()) number += request.target.starts_with(target_prefix) ? 1 : 0;
    return number;
}

}  // namespace mabplan::tests
