#include "plans/base/url_parts.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Of "scheme" before a ':'; 0 if the text has none.
std::size_t scheme_length(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_letter(text[i])) continue;
        if (text[i] == ':') return i;
        const bool may_follow = (text[i] >= '0' && text[i] <= '9') || text[i] == '+' || text[i] == '-' || text[i] == '.';
        if (i == 0 || !may_follow) return 0;
    }
    return 0;
}

// Takes what stands before the first of the characters, or all, off the front.
std::string_view take_until(std::string_view& text, std::string_view ends) {
    const std::string_view taken = text.substr(0, text.find_first_of(ends));
    text.remove_prefix(taken.size());
    return taken;
}

void cut_authority(std::string_view authority, UrlParts& parts) {
    const std::size_t at = authority.rfind('@');
    parts.has_user = at != std::string_view::npos;
    if (parts.has_user) parts.user = authority.substr(0, at);
    parts.host = authority.substr(at + 1);  // npos + 1 is 0
}

}  // namespace

UrlParts cut_url(std::string_view text) {
    UrlParts parts;
    if (const std::size_t length = scheme_length(text); length > 0) {
        parts.scheme = text.substr(0, length);
        text.remove_prefix(length + 1);
    }
    // without a scheme three slashes are a path
    parts.has_authority = text.starts_with("//") && (!parts.scheme.empty() || !text.starts_with("///"));
    if (parts.has_authority) {
        text.remove_prefix(2);
        cut_authority(take_until(text, "/?#"), parts);
    }
    parts.path = take_until(text, "?#");
    parts.has_query = text.starts_with('?');
    if (parts.has_query) parts.query = take_until(text, "#").substr(1);
    if (text.starts_with('#')) parts.fragment = text.substr(1);
    return parts;
}

std::string without_user(std::string_view url) {
    const UrlParts parts = cut_url(url);
    if (!parts.has_user) return std::string(url);
    const auto begin = static_cast<std::size_t>(parts.user.data() - url.data());
    return std::string(url.substr(0, begin)).append(url.substr(begin + parts.user.size() + 1));
}

std::string encode_percent(std::string_view text, const std::function<bool(char)>& stays) {
    std::string out;
    for (const char c : text) {
        if (stays(c)) out += c;
        else out += format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

std::optional<std::string> decode_percent(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const auto byte = text.size() - i < 3 ? std::nullopt : parse_unsigned(text.substr(i + 1, 2), 16);
        if (!byte) return std::nullopt;
        out += static_cast<char>(*byte);
        i += 2;
    }
    return out;
}

}  // namespace mabplan
