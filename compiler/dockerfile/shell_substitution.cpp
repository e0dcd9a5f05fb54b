// The "$" half of ShellLexer: names and ${…} with its modifiers.
#include "compiler/dockerfile/shell_lexer.h"
#include "compiler/dockerfile/shell_pattern.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan::compiler {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The code point of one UTF-8 sequence, 0 for a byte that belongs to none.
char32_t code_point(std::string_view sequence) {
    const auto first = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) return first < 0x80 ? first : 0;
    char32_t value = first & (0xffU >> (sequence.size() + 1));
    for (const char c : sequence.substr(1)) value = (value << 6U) | (static_cast<unsigned char>(c) & 0x3fU);
    return value;
}

// Letters by Unicode, coarsely: beyond ASCII all but the blocks of signs, punctuation, symbols and private use.
bool is_letter(char32_t c) {
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (c < 0xc0) return c == 0xaa || c == 0xb5 || c == 0xba;
    if (c == 0xd7 || c == 0xf7) return false;
    const bool punctuation = (c >= 0x2000 && c < 0x2070) || (c >= 0x3000 && c < 0x3005) || (c >= 0x3008 && c < 0x3021);
    const bool symbols = (c >= 0x20a0 && c < 0x20d0) || (c >= 0x2190 && c < 0x2c00) || (c >= 0x1f000 && c < 0x20000);
    const bool reserved = (c >= 0xd800 && c < 0xf900) || (c >= 0xfe00 && c < 0xfe70) || (c >= 0xff00 && c < 0xff21) || c >= 0xe0000;
    return !punctuation && !symbols && !reserved;
}

}  // namespace

Failure ShellLexer::unfinished(std::size_t start) const {
    return input_error(format("\"}}\" is missing at the end of {}", quoted(text_.substr(start))));
}

std::optional<std::string> ShellLexer::look_up(const std::string& name) {
    std::optional<std::string> value = variables_.get(name);
    if (names_ != nullptr) (value ? names_->found : names_->missing).insert(name);
    return value;
}

// A name, a number, or one of the special parameters of the shell (POSIX, 2.5.2), which are never set here. Empty if there is none.
std::string ShellLexer::take_name() {
    const std::size_t start = position_;
    if (std::string_view("@*#?-$!").find(peek()) != std::string_view::npos && !at_end()) return {take()};
    if (is_digit(peek())) {
        while (is_digit(peek())) take();
        return std::string(text_.substr(start, position_ - start));
    }
    while (!at_end()) {
        const std::string_view character = split_characters(text_.substr(position_, 4))[0];
        if (!is_digit(peek()) && !is_letter(code_point(character))) break;
        position_ += character.size();
    }
    return std::string(text_.substr(start, position_ - start));
}

Result<std::string> ShellLexer::dollar() {
    const std::size_t start = position_;
    take();
    if (peek() != '{') {
        const std::string name = take_name();
        if (name.empty()) return "$";
        const auto value = look_up(name);
        if (!value && rules_.unset == UnsetVariables::Keep) return "$" + name;
        return value.value_or("");
    }
    take();
    if (++depth_ > kMaxSubstitutionDepth) return input_error(format("${{…}} is nested more than {} levels deep", kMaxSubstitutionDepth));
    auto value = substitution(start);
    --depth_;
    return value;
}

Result<std::string> ShellLexer::substitution(std::size_t start) {
    if (at_end()) return unfinished(start);
    const std::string name = take_name();
    if (at_end()) return unfinished(start);
    if (name.empty() && (peek() == '{' || peek() == '}' || peek() == ':'))
        return input_error(format("bad substitution: {} names no variable", quoted(text_.substr(start))));
    if (peek() != '}') return modified(name, start);
    take();
    const auto value = look_up(name);
    if (!value && rules_.unset == UnsetVariables::Keep) return format("${{{}}}", name);
    return value.value_or("");
}

Result<std::string> ShellLexer::modified(const std::string& name, std::size_t start) {
    const std::size_t modifier_start = position_;
    char modifier = take();
    if (modifier == '/' && !name.empty()) return replaced(name);
    const bool empty_is_unset = modifier == ':';
    if (empty_is_unset) {
        if (at_end()) return unfinished(start);
        modifier = take();
    }
    const bool trims = (modifier == '#' || modifier == '%') && !empty_is_unset;
    if (trims && !name.empty()) return trimmed(name, modifier);
    const bool chooses = modifier == '-' || modifier == '+' || modifier == '?';
    if (chooses && !name.empty()) return conditional(name, modifier, empty_is_unset, start);
    const std::string_view written = text_.substr(modifier_start, position_ - modifier_start);
    return fail(ErrorKind::Input, format("unsupported modifier {} in {}", quoted(written), quoted(text_.substr(start))),
                "known are :- - :+ + :? ? # ## % %% / and //");
}

Result<std::string> ShellLexer::conditional(const std::string& name, char modifier, bool empty_is_unset, std::size_t start) {
    MABPLAN_TRY(word, expand_until(Stop::Brace, Escapes::Remove, nullptr));
    const auto value = look_up(name);
    if (!value && rules_.unset == UnsetVariables::Keep) return std::string(text_.substr(start, position_ - start));
    const bool unset = !value || (empty_is_unset && value->empty());
    if (modifier == '+') return unset ? std::string() : word;
    if (!unset) return *value;
    if (modifier == '-') return word;
    if (word.empty()) word = value ? "must not be empty" : "must be set";
    return input_error(format("{}: {}", name, word));
}

Result<std::string> ShellLexer::trimmed(const std::string& name, char side) {
    const std::size_t word_start = position_;
    MABPLAN_TRY(word, expand_until(Stop::Brace, Escapes::Keep, nullptr));
    const std::string_view written = text_.substr(word_start, position_ - word_start);
    const auto value = look_up(name);
    if (!value && rules_.unset == UnsetVariables::Keep) return format("${{{}{}{}", name, side, written);
    const bool doubled = word.starts_with(side);
    const auto extent = doubled ? ShellPattern::Extent::Longest : ShellPattern::Extent::Shortest;
    MABPLAN_TRY(pattern, ShellPattern::parse(std::string_view(word).substr(doubled ? 1 : 0)));
    if (side == '#') return pattern.remove_prefix(value.value_or(""), extent);
    return pattern.remove_suffix(value.value_or(""), extent);
}

Result<std::string> ShellLexer::replaced(const std::string& name) {
    const std::size_t word_start = position_ - 1;
    const bool all = peek() == '/';
    if (all) take();
    MABPLAN_TRY(word, expand_until(Stop::Slash, Escapes::Keep, nullptr));
    MABPLAN_TRY(replacement, expand_until(Stop::Brace, Escapes::Keep, nullptr));
    const std::string_view written = text_.substr(word_start, position_ - word_start);
    const auto value = look_up(name);
    if (!value && rules_.unset == UnsetVariables::Keep) return format("${{{}{}", name, written);
    MABPLAN_TRY(pattern, ShellPattern::parse(word));
    return pattern.replace(value.value_or(""), replacement, all ? ShellPattern::Occurrences::All : ShellPattern::Occurrences::First);
}

}  // namespace mabplan::compiler
