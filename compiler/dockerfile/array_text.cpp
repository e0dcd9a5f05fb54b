#include "compiler/dockerfile/array_text.h"

#include "plans/base/text.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";
// ‘ ’ “ ” „ « »: what word processors and web pages make of quotes.
constexpr std::array<std::string_view, 7> kTypographic{"\u2018", "\u2019", "\u201c", "\u201d", "\u201e", "\u00ab", "\u00bb"};

// The bytes of the quote that the text begins with, 0 if it does not.
std::size_t quote_width(std::string_view text) {
    if (text.empty()) return 0;
    if (text[0] == '"' || text[0] == '\'') return 1;
    if (text.starts_with("\\\"") || text.starts_with("\\'")) return 2;
    for (const std::string_view quote : kTypographic)
        if (text.starts_with(quote)) return quote.size();
    return 0;
}

class ArrayScan {
public:
    explicit ArrayScan(std::string_view text) : text_(text) {}

    std::optional<ArrayBreak> run() {
        at_ = 1;  // behind "["
        skip_blanks();
        if (peek() == ']') return end();
        while (true) {
            if (auto found = string()) return found;
            skip_blanks();
            if (peek() == ']') return end();
            if (at_ == text_.size()) return broken("the closing ] is missing");
            if (peek() != ',') return broken("a comma is expected between two strings, or the closing ]");
            ++at_;
            skip_blanks();
            if (peek() == ']') return broken("a string must follow the comma, JSON has none behind the last one");
        }
    }

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void skip_blanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }
    ArrayBreak broken(std::string expected, std::size_t width = 1) const { return {at_, width, std::move(expected)}; }

    std::optional<ArrayBreak> end() {
        ++at_;
        skip_blanks();
        if (at_ == text_.size()) return std::nullopt;
        return broken("nothing may follow the closing ]");
    }

    std::optional<ArrayBreak> string() {
        if (at_ == text_.size()) return broken("the closing ] is missing");
        if (peek() != '"') {
            const std::size_t width = quote_width(text_.substr(at_));
            return width > 0 ? broken("JSON knows plain double quotes (\") alone", width) : broken("a string in double quotes is expected");
        }
        const std::size_t begin = at_++;
        while (at_ < text_.size() && peek() != '"') {
            if (static_cast<unsigned char>(peek()) < 0x20)
                return broken("a control character in a string is written as an escape: \\t, \\n");
            if (peek() == '\\') {
                if (auto found = escape()) return found;
            } else ++at_;
        }
        if (at_ < text_.size()) {
            ++at_;
            return std::nullopt;
        }
        at_ = begin;
        return broken("this string has no closing double quote");
    }

    std::optional<ArrayBreak> escape() {
        constexpr std::string_view kKnown = "\"\\/bfnrt", kHex = "0123456789abcdefABCDEF";
        const std::string_view rest = text_.substr(at_ + 1);
        const bool is_code =
            rest.starts_with('u') && rest.size() > 4 && rest.substr(1, 4).find_first_not_of(kHex) == std::string_view::npos;
        if (rest.empty() || (kKnown.find(rest[0]) == std::string_view::npos && !is_code))
            return broken("this is no escape of JSON: a backslash is written \\\\", 2);
        at_ += is_code ? 6 : 2;
        return std::nullopt;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

// Behind a quoted word and the blanks after it: a comma.
bool has_comma_behind_word(std::string_view text) {
    const std::size_t width = quote_width(text);
    if (width == 0) return false;
    const std::size_t close = text.find(text.substr(0, width), width);
    if (close == std::string_view::npos) return false;
    const std::size_t next = text.find_first_not_of(kBlanks, close + width);
    return next != std::string_view::npos && text[next] == ',';
}

bool begins_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '_';
}

}  // namespace

std::optional<ArrayBreak> find_array_break(std::string_view text) { return ArrayScan(text).run(); }

bool means_array(std::string_view text, Otherwise otherwise) {
    if (!text.starts_with('[')) return false;
    const std::string_view inner = text.substr(1);
    if (otherwise == Otherwise::Nothing || quote_width(inner) > 0) return true;
    const std::string_view first = trim(inner);
    if (has_comma_behind_word(first)) return true;
    return otherwise == Otherwise::Command && !inner.empty() && begins_word(inner[0]) && text.ends_with(']');
}

}  // namespace mabplan::compiler
