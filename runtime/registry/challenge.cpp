#include "runtime/registry/challenge.h"

#include "plans/base/text.h"

#include <optional>

namespace mabplan::runtime {

namespace {

bool is_token_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool done() const { return rest_.empty(); }
    void skip_blanks_and_commas() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t,"), rest_.size())); }
    void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }
    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::string_view token() {
        std::size_t length = 0;
        while (length < rest_.size() && is_token_character(rest_[length])) ++length;
        const std::string_view word = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return word;
    }
    std::optional<std::string> value() {
        if (!take('"')) return std::string(token());
        std::string text;
        while (!rest_.empty() && rest_.front() != '"') {
            if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
            text += rest_.front();
            rest_.remove_prefix(1);
        }
        return take('"') ? std::optional(text) : std::nullopt;
    }

private:
    std::string_view rest_;
};

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view header) {
    std::vector<Challenge> challenges;
    Reader reader(header);
    for (reader.skip_blanks_and_commas(); !reader.done(); reader.skip_blanks_and_commas()) {
        const std::string word = to_lower(reader.token());
        if (word.empty()) break;
        reader.skip_blanks();
        if (!reader.take('=')) {
            challenges.push_back({word, {}});  // a word without a value is a scheme
            continue;
        }
        reader.skip_blanks();
        const std::optional<std::string> value = reader.value();
        if (!value || challenges.empty()) break;
        challenges.back().parameters.emplace(word, *value);
    }
    return challenges;
}

}  // namespace mabplan::runtime
