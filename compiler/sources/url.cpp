#include "compiler/sources/url.h"

#include "compiler/sources/url_escapes.h"
#include "plans/base/text.h"

#include <algorithm>
#include <utility>

namespace mabplan::compiler {

namespace {

using Halves = std::pair<std::string_view, std::string_view>;

// What stands before and behind the first of a character; all before if there is none.
Halves cut(std::string_view text, char at) {
    const std::size_t found = text.find(at);
    if (found == std::string_view::npos) return {text, {}};
    return {text.substr(0, found), text.substr(found + 1)};
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The length of "scheme" before a ':'; 0 if the text has no scheme.
std::size_t scheme_length(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_letter(text[i])) continue;
        if (text[i] == ':') return i;
        if (i == 0 || !(is_digit(text[i]) || text[i] == '+' || text[i] == '-' || text[i] == '.')) return 0;
    }
    return 0;
}

bool is_port(std::string_view text) {
    if (text.empty()) return true;
    return text[0] == ':' && std::all_of(text.begin() + 1, text.end(), is_digit);
}

// "host", "host:port" or "[address]:port".
bool is_host_with_port(std::string_view text) {
    if (!is_url_host(text)) return false;
    if (text.starts_with('[')) {
        const std::size_t close = text.rfind(']');
        return close != std::string_view::npos && is_port(text.substr(close + 1));
    }
    const std::size_t colon = text.rfind(':');
    return colon == std::string_view::npos || is_port(text.substr(colon));
}

bool read_authority(std::string_view text, Url& url) {
    const std::size_t at = text.rfind('@');
    const std::string_view user = at == std::string_view::npos ? std::string_view{} : text.substr(0, at);
    const std::string_view host = text.substr(at + 1);  // npos + 1 is 0
    if (!is_host_with_port(host) || !is_url_user(user) || !decode_percent(user)) return false;
    url.user = user;
    url.host = host;
    return true;
}

bool has_control_characters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string written_user(std::string_view user) {
    const auto encoded = [](std::string_view part) {
        return encode_percent(decode_percent(part).value_or(std::string(part)), UrlPart::UserInfo);
    };
    const auto [name, password] = cut(user, ':');
    return user.find(':') == std::string_view::npos ? encoded(name) : encoded(name) + ":" + encoded(password);
}

}  // namespace

std::optional<Url> Url::parse(std::string_view text) {
    if (text.empty() || text.starts_with(':') || has_control_characters(text)) return std::nullopt;
    Url url;
    const auto [before_fragment, fragment] = cut(text, '#');
    const auto [before_query, query] = cut(before_fragment, '?');
    std::string_view rest = before_query;
    if (const std::size_t length = scheme_length(rest); length > 0) {
        url.scheme = to_lower(rest.substr(0, length));
        rest.remove_prefix(length + 1);
        if (!rest.starts_with('/')) return std::nullopt;
    } else if (!rest.starts_with('/') && cut(rest, '/').first.find(':') != std::string_view::npos) {
        return std::nullopt;
    }
    if (rest.starts_with("//") && (!url.scheme.empty() || !rest.starts_with("///"))) {
        const std::size_t slash = std::min(rest.find('/', 2), rest.size());
        if (!read_authority(rest.substr(2, slash - 2), url)) return std::nullopt;
        rest.remove_prefix(slash);
    }
    auto path = decode_percent(rest);
    auto decoded_fragment = decode_percent(fragment);
    if (!path || !decoded_fragment) return std::nullopt;
    url.path = std::move(*path);
    url.raw_path = rest;
    url.query = query;
    url.fragment = std::move(*decoded_fragment);
    return url;
}

std::string Url::address() const {
    std::string out;
    if (!scheme.empty()) out += scheme + ":";
    if (!scheme.empty() || !host.empty()) out += "//";
    if (!user.empty()) out += written_user(user) + "@";
    return out + host + (is_url_path(raw_path) ? raw_path : encode_percent(path, UrlPart::Path));
}

}  // namespace mabplan::compiler
