#include "runtime/step/secret_mask.h"

#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::runtime {

SecretMask::SecretMask(const std::vector<std::string>& values) {
    for (const std::string& value : values) {
        hide(value);
        const auto lines = split(value, '\n');
        if (lines.size() < 2) continue;
        for (const std::string_view line : lines)
            if (line.size() >= 2 * kShortest) hide(line);
    }
    std::sort(hidden_.begin(), hidden_.end(), [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
}

void SecretMask::hide(std::string_view text) {
    const std::string_view hidden = trim(text);  // a file ends with a line feed, which `$(cat file)` leaves out
    if (hidden.size() >= kShortest) hidden_.emplace_back(hidden);
}

// Where the first hidden text stands, and how long it is.
std::size_t SecretMask::find_first(std::string_view text, std::size_t& length) const {
    std::size_t first = std::string_view::npos;
    for (const std::string& hidden : hidden_) {
        const std::size_t at = text.find(hidden);
        if (at >= first) continue;
        first = at;
        length = hidden.size();
    }
    return first;
}

// The longest end of the text that a hidden one begins with.
std::size_t SecretMask::count_waiting(std::string_view text) const {
    std::size_t most = 0;
    for (const std::string& hidden : hidden_) {
        const std::size_t longest = std::min(hidden.size() - 1, text.size());
        for (std::size_t at = text.find(hidden.front(), text.size() - longest); at != std::string_view::npos;
             at = text.find(hidden.front(), at + 1)) {
            if (!std::string_view(hidden).starts_with(text.substr(at))) continue;
            most = std::max(most, text.size() - at);
            break;
        }
    }
    return most;
}

// Shows the text up to where something may begin that is longer than what has come; `text` is what is left then.
std::string SecretMask::show(std::string_view& text, End end) const {
    std::string shown;
    for (;;) {
        const std::size_t waits = text.size() - (end == End::Open ? count_waiting(text) : 0);
        std::size_t length = 0;
        const std::size_t at = find_first(text, length);
        if (at >= waits) {
            shown.append(text.substr(0, waits));
            text.remove_prefix(waits);
            return shown;
        }
        shown.append(text.substr(0, at)).append(kMask);
        text.remove_prefix(at + length);
    }
}

std::string SecretMask::pass(int stream, std::string_view bytes) {
    if (hidden_.empty()) return std::string(bytes);
    std::string& waiting = waiting_[stream];
    waiting += bytes;
    std::string_view left = waiting;
    std::string shown = show(left, End::Open);
    waiting = std::string(left);
    return shown;
}

std::string SecretMask::rest() {
    std::string shown;
    for (const auto& [stream, waiting] : waiting_) {
        std::string_view left = waiting;
        shown += show(left, End::Closed);
    }
    waiting_.clear();
    return shown;
}

}  // namespace mabplan::runtime
