// A small HTTP/1.1 server on 127.0.0.1 for tests: one connection at a time, answers made by a function, able to misbehave.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mabplan::tests {

struct Request {
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
};

struct Answer {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    std::optional<std::size_t> announced{};     // Content-Length; else the size of the body
    std::size_t cut_after = std::string::npos;  // close after so many bytes of the body
    bool raw = false;                           // send `body` alone: no head
    std::chrono::milliseconds hang{0};          // before closing
};

class HttpServer {
public:
    using Handler = std::function<Answer(const Request&)>;
    explicit HttpServer(Handler handler);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    std::uint16_t port() const { return port_; }
    std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
    std::string url(const std::string& target) const { return "http://" + host() + target; }
    std::vector<Request> requests() const;  // so far
    std::size_t count(const std::string& target_prefix) const;

private:
    void serve();
    void answer(int connection);

    Handler handler_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> stop_{false};
    mutable std::mutex mutex_;
    std::vector<Request> requests_;
    std::thread thread_;
};

}  // namespace mabplan::tests
