#include "runtime/grants/agent_requests.h"

namespace mabplan::runtime {

namespace {

using namespace std::string_view_literals;

constexpr char kRequestIdentities = 11;
constexpr char kSignRequest = 13;
constexpr std::string_view kMeaningless = "\0\0\0\1\xff"sv;  // one byte long, of a type that no agent knows
constexpr std::size_t kLengthBytes = 4;
constexpr std::uint64_t kMostRequestBytes = 256U << 10U;  // as OpenSSH

std::uint64_t length_of(std::string_view head) {
    std::uint64_t length = 0;
    for (const char byte : head.substr(0, kLengthBytes)) length = length << 8U | static_cast<unsigned char>(byte);
    return length;
}

}  // namespace

Result<std::string> AgentRequests::pass(std::string_view bytes) {
    std::string passed;
    while (!bytes.empty()) {
        if (left_ > 0) {
            const std::string_view body = bytes.substr(0, left_);
            if (allowed_) passed += body;
            left_ -= body.size();
            bytes.remove_prefix(body.size());
            continue;
        }
        head_ += bytes.front();
        bytes.remove_prefix(1);
        if (head_.size() <= kLengthBytes) continue;
        const std::uint64_t length = length_of(head_);
        if (length == 0 || length > kMostRequestBytes) return input_error("what a command asks of an ssh agent is no request");
        allowed_ = head_.back() == kRequestIdentities || head_.back() == kSignRequest;
        passed += allowed_ ? std::string_view(head_) : kMeaningless;
        left_ = length - 1;
        head_.clear();
    }
    return passed;
}

}  // namespace mabplan::runtime
