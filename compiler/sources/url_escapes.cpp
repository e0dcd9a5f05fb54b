#include "compiler/sources/url_escapes.h"

#include "plans/base/text.h"
#include "plans/base/url_parts.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

bool is_unreserved(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || is_one_of(c, "-_.~"); }

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// The byte that "%XX" at the start stands for.
std::optional<char> escaped_byte(std::string_view text) {
    if (text.size() < 3 || text[0] != '%') return std::nullopt;
    const auto value = parse_unsigned(text.substr(1, 2), 16);
    return value ? std::optional(static_cast<char>(*value)) : std::nullopt;
}

bool stands_in_host(char c) { return !is_ascii(c) || is_unreserved(c) || is_one_of(c, "!$&'()*+,;=:[]<>\""); }

}  // namespace

std::optional<std::string> decode_query_word(std::string_view text) {
    std::string word(text);
    std::replace(word.begin(), word.end(), '+', ' ');
    return decode_percent(word);
}

std::string encode_percent(std::string_view text, UrlPart part) {
    const std::string_view kept = part == UrlPart::Path ? "$&+,/:;=@" : "$&+,;=";
    return mabplan::encode_percent(text, [kept](char c) { return is_unreserved(c) || is_one_of(c, kept); });
}

bool is_url_host(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            if (!stands_in_host(text[i])) return false;
            continue;
        }
        const auto byte = escaped_byte(text.substr(i));
        if (!byte || (is_ascii(*byte) && *byte != '%')) return false;
        i += 2;
    }
    return true;
}

bool is_url_path(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return is_unreserved(c) || is_one_of(c, "!$&'()*+,;=:@/[]%"); });
}

bool is_url_user(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return is_unreserved(c) || is_one_of(c, "!$&'()*+,;=:@%"); });
}

}  // namespace mabplan::compiler
