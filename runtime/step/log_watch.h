// Whether a text was printed, wherever in the output and in however many pieces.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace mabplan::runtime {

class LogWatch {
public:
    // `wanted`: outlives this; not empty.
    explicit LogWatch(std::string_view wanted) : wanted_(wanted) {}

    void add(std::string_view bytes) {
        if (was_seen_) return;
        const std::size_t kept = wanted_.size() - 1;  // of what came before, which the text may begin in
        before_ += bytes.substr(0, kept);
        was_seen_ = before_.find(wanted_) != std::string::npos || bytes.find(wanted_) != std::string_view::npos;
        if (bytes.size() >= kept) before_ = bytes.substr(bytes.size() - kept);
        else before_.erase(0, before_.size() - std::min(before_.size(), kept));
    }
    bool was_seen() const { return was_seen_; }

private:
    std::string_view wanted_;
    std::string before_;
    bool was_seen_ = false;
};

}  // namespace mabplan::runtime
