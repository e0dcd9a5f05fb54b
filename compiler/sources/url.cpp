#include "compiler/sources/url.h"

#include "compiler/sources/url_escapes.h"
#include "plans/base/text.h"
#include "plans/base/url_parts.h"

#include <algorithm>
#include <utility>

namespace mabplan::compiler {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

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

bool has_control_characters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string written_user(std::string_view user) {
    const auto encoded = [](std::string_view part) {
        return encode_percent(decode_percent(part).value_or(std::string(part)), UrlPart::UserInfo);
    };
    const std::size_t colon = user.find(':');
    if (colon == std::string_view::npos) return encoded(user);
    return encoded(user.substr(0, colon)) + ":" + encoded(user.substr(colon + 1));
}

}  // namespace

std::optional<Url> Url::parse(std::string_view text) {
    if (text.empty() || text.starts_with(':') || has_control_characters(text)) return std::nullopt;
    const UrlParts parts = cut_url(text);
    const bool is_rooted = parts.has_authority || parts.path.starts_with('/');
    if (!parts.scheme.empty() && !is_rooted) return std::nullopt;
    if (!is_rooted && parts.path.substr(0, parts.path.find('/')).find(':') != std::string_view::npos) return std::nullopt;
    if (!is_host_with_port(parts.host) || !is_url_user(parts.user) || !decode_percent(parts.user)) return std::nullopt;
    auto path = decode_percent(parts.path);
    auto fragment = decode_percent(parts.fragment);
    if (!path || !fragment) return std::nullopt;
    Url url;
    url.scheme = to_lower(parts.scheme);
    url.user = parts.user;
    url.host = parts.host;
    url.path = std::move(*path);
    url.raw_path = parts.path;
    url.query = parts.query;
    url.fragment = std::move(*fragment);
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
