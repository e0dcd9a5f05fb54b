#include "compiler/dockerfile/shell_pattern.h"

#include "compiler/dockerfile/shell_words.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

// Steps of the matcher, counted over one operation: a pattern of "*" on a long value takes their product squared.
struct ShellPattern::Work {
    static constexpr std::size_t kMaxSteps = 20'000'000;
    std::size_t steps = 0;
    bool exhausted() const { return steps > kMaxSteps; }
};

namespace {

Failure too_much_work() { return input_error("the pattern is too costly to match against so long a value"); }

std::string joined(const std::vector<std::string_view>& characters, std::size_t from, std::size_t to) {
    std::string out;
    for (std::size_t i = from; i < to; ++i) out += characters[i];
    return out;
}

}  // namespace

std::vector<std::string_view> split_characters(std::string_view text) {
    std::vector<std::string_view> characters;
    while (!text.empty()) {
        const auto first = static_cast<unsigned char>(text[0]);
        std::size_t length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
        if (length > text.size() || !is_valid_utf8(text.substr(0, length))) length = 1;
        characters.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return characters;
}

Result<ShellPattern> ShellPattern::parse(std::string_view pattern) {
    ShellPattern parsed;
    const Characters characters = split_characters(pattern);
    for (std::size_t i = 0; i < characters.size(); ++i) {
        if (characters[i] == "*") parsed.tokens_.push_back({TokenKind::Run, {}});
        else if (characters[i] == "?") parsed.tokens_.push_back({TokenKind::One, {}});
        else if (characters[i] != "\\") parsed.tokens_.push_back({TokenKind::Literal, std::string(characters[i])});
        else {
            if (++i == characters.size()) return input_error(format("the pattern {} ends in a lone backslash", quoted(pattern)));
            const std::string_view escaped = characters[i];
            if (escaped.size() != 1 || std::string_view("*?\\}/").find(escaped) == std::string_view::npos)
                return input_error(format("the pattern {} escapes {}: a backslash may stand before *, ?, \\, }} and / only",
                                          quoted(pattern), quoted(escaped)));
            parsed.tokens_.push_back({TokenKind::Literal, std::string(escaped)});
        }
    }
    return parsed;
}

// State i: the first i tokens have matched. A run matches nothing as well.
void ShellPattern::pass_runs(std::vector<char>& states) const {
    for (std::size_t i = 0; i < tokens_.size(); ++i)
        if (states[i] && tokens_[i].kind == TokenKind::Run) states[i + 1] = 1;
}

void ShellPattern::advance(std::string_view character, std::vector<char>& states) const {
    const bool line_feed = character == "\n";
    bool reached = false;  // whether state i follows from state i - 1
    for (std::size_t i = 0; i <= tokens_.size(); ++i) {
        const bool active = states[i] != 0;
        bool stays = reached;
        reached = false;
        if (active && i < tokens_.size()) {
            const Token& token = tokens_[i];
            if (token.kind == TokenKind::Run) stays = stays || !line_feed;
            else if (token.kind == TokenKind::One) reached = !line_feed;
            else reached = token.literal == character;
        }
        states[i] = stays ? 1 : 0;
    }
    pass_runs(states);
}

// The end of the match that begins at `start`.
std::optional<std::size_t> ShellPattern::match_at(const Characters& value, std::size_t start, Extent extent, Work& work) const {
    std::vector<char> states(tokens_.size() + 1, 0);
    states[0] = 1;
    pass_runs(states);
    std::optional<std::size_t> end;
    for (std::size_t at = start;; ++at) {
        if (states.back()) end = at;
        if (at == value.size() || (end && extent == Extent::Shortest)) return end;
        work.steps += states.size();
        if (work.exhausted()) return end;
        advance(value[at], states);
        if (std::find(states.begin(), states.end(), 1) == states.end()) return end;
    }
}

Result<std::string> ShellPattern::remove_prefix(std::string_view value, Extent extent) const {
    Work work;
    const Characters characters = split_characters(value);
    const auto end = match_at(characters, 0, extent, work);
    if (work.exhausted()) return too_much_work();
    return joined(characters, end.value_or(0), characters.size());
}

Result<std::string> ShellPattern::remove_suffix(std::string_view value, Extent extent) const {
    ShellPattern mirrored = *this;
    std::reverse(mirrored.tokens_.begin(), mirrored.tokens_.end());
    Characters characters = split_characters(value);
    std::reverse(characters.begin(), characters.end());
    Work work;
    const std::size_t cut = mirrored.match_at(characters, 0, extent, work).value_or(0);
    if (work.exhausted()) return too_much_work();
    std::reverse(characters.begin(), characters.end());
    return joined(characters, 0, characters.size() - cut);
}

Result<std::string> ShellPattern::replace(std::string_view value, std::string_view replacement, Occurrences occurrences) const {
    Work work;
    const Characters characters = split_characters(value);
    std::string out;
    std::size_t copied = 0;  // what lies before is in `out`
    for (std::size_t at = 0; at <= characters.size();) {
        const auto end = match_at(characters, at, Extent::Longest, work);
        if (work.exhausted()) return too_much_work();
        const bool counts = end && (*end > copied || at == 0);
        if (!counts) {
            ++at;
            continue;
        }
        out += joined(characters, copied, at);
        out += replacement;
        if (out.size() > kMaxExpandedBytes) return input_error(format("a substitution yields more than {} bytes", kMaxExpandedBytes));
        copied = *end;
        at = std::max(*end, at + 1);
        if (occurrences == Occurrences::First) break;
    }
    return out + joined(characters, copied, characters.size());
}

}  // namespace mabplan::compiler
