// The end of a step's output: the last lines, within a bound, however much was printed.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace mabplan::runtime {

class LogTail {
public:
    explicit LogTail(std::size_t lines = 40, std::size_t line_bytes = 2000) : lines_(lines), line_bytes_(line_bytes) {}

    void add(std::string_view bytes) {
        while (!bytes.empty()) {
            const std::size_t end = bytes.find('\n');
            if (current_.size() < line_bytes_) current_.append(bytes.substr(0, end).substr(0, line_bytes_ - current_.size()));
            if (end == std::string_view::npos) return;
            push();
            bytes.remove_prefix(end + 1);
        }
    }

    // One line per line, each ended by a line feed.
    std::string text() const {
        std::string out;
        for (const std::string& line : kept_) out += line + "\n";
        return current_.empty() ? out : out + current_ + "\n";
    }

private:
    void push() {
        kept_.push_back(std::move(current_));
        current_.clear();
        if (kept_.size() > lines_) kept_.pop_front();
    }

    std::size_t lines_;
    std::size_t line_bytes_;
    std::deque<std::string> kept_;
    std::string current_;
};

}  // namespace mabplan::runtime
