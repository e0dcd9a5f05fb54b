#include "runtime/http/url.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/base/url_parts.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>

namespace mabplan::runtime {

namespace {

Failure refuse(std::string_view text, std::string_view why) {
    // the query may hold a signature
    return fail(ErrorKind::Registry, format("{} is not an address that is asked: {}", quoted(text.substr(0, text.find('?'))), why));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_printable(char c) { return c > ' ' && c < '\x7f'; }
bool is_host_character(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_'; }

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

bool is_host(std::string_view host) {
    if (host.starts_with('[')) {
        in6_addr address{};
        return host.ends_with(']') && ::inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(), &address) == 1;
    }
    return !host.empty() && std::all_of(host.begin(), host.end(), is_host_character);
}

Status read_host(std::string_view text, std::string_view whole, Url& url) {
    const std::size_t bracket = text.rfind(']');
    const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    url.host = to_lower(text.substr(0, colon));
    url.port = default_port(url.scheme);
    if (colon != std::string_view::npos) {
        const std::optional<std::uint64_t> port = parse_unsigned(text.substr(colon + 1));
        if (!port || *port == 0 || *port > 65535) return refuse(whole, "the port is not a number from 1 to 65535");
        url.port = static_cast<std::uint16_t>(*port);
    }
    if (!is_host(url.host)) return refuse(whole, "there is no host name in it");
    return {};
}

using V4 = std::array<std::uint8_t, 4>;

bool is_private_v4(const V4& a) {
    return a[0] == 0 || a[0] == 10 || a[0] == 127 || (a[0] == 169 && a[1] == 254) || (a[0] == 172 && (a[1] & 0xf0U) == 16) ||
           (a[0] == 192 && a[1] == 168) || (a[0] == 100 && (a[1] & 0xc0U) == 64);
}

std::optional<V4> parse_v4(std::string_view host) {
    V4 address{};
    if (::inet_pton(AF_INET, std::string(host).c_str(), address.data()) != 1) return std::nullopt;
    return address;
}

bool is_private_v6(const std::string& text) {
    std::array<std::uint8_t, 16> a{};
    if (::inet_pton(AF_INET6, text.c_str(), a.data()) != 1) return true;
    const bool high_is_zero = std::all_of(a.begin(), a.begin() + 10, [](std::uint8_t byte) { return byte == 0; });
    const bool mapped = high_is_zero && ((a[10] == 0xff && a[11] == 0xff) || (a[10] == 0 && a[11] == 0));
    const bool translated = a[0] == 0 && a[1] == 0x64 && a[2] == 0xff && a[3] == 0x9b;  // 64:ff9b::/96, RFC 6052
    if (mapped || translated) return is_private_v4({a[12], a[13], a[14], a[15]});       // :: and ::1 are of these
    return (a[0] & 0xfeU) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0U) == 0x80);
}

std::string_view without_last_dot(std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    return host;
}

// Resolvers read a name whose last part is a number as an IPv4 address, in several spellings (2130706433, 0x7f.1, 127.1).
bool reads_as_v4(std::string_view host) {
    const std::string_view last = host.substr(host.rfind('.') + 1);
    return !last.empty() && (last.starts_with("0x") || std::all_of(last.begin(), last.end(), is_digit));
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
    const UrlParts parts = cut_url(text);
    Url url;
    url.scheme = to_lower(parts.scheme);
    if (!parts.has_authority || (url.scheme != "http" && url.scheme != "https")) return refuse(text, "only http and https are");
    if (!std::all_of(text.begin(), text.end(), is_printable) || text.find('\\') != std::string_view::npos)
        return refuse(text, "it has characters that no address has");
    if (parts.has_user) return refuse(text, "it names a user");
    MABPLAN_CHECK(read_host(parts.host, text, url));
    url.target = parts.path.empty() ? "/" : std::string(parts.path);
    if (parts.has_query) url.target.append("?").append(parts.query);
    return url;
}

Result<Url> resolve_url(const Url& base, std::string_view location) {
    const std::string origin = format("{}://{}", base.scheme, authority(base));
    if (location.find("://") < location.find_first_of("/?#")) return parse_url(location);
    if (location.starts_with("//")) return parse_url(format("{}:{}", base.scheme, location));
    if (location.starts_with('/')) return parse_url(origin + std::string(location));
    const std::string_view path = std::string_view(base.target).substr(0, base.target.find('?'));
    if (location.starts_with('?')) return parse_url(format("{}{}{}", origin, path, location));
    return parse_url(format("{}{}{}", origin, path.substr(0, path.rfind('/') + 1), location));
}

std::string authority(const Url& url) { return url.port == default_port(url.scheme) ? url.host : format("{}:{}", url.host, url.port); }
std::string format_url(const Url& url) { return format("{}://{}{}", url.scheme, authority(url), url.target); }
std::string shown_url(const Url& url) {
    return format("{}://{}{}", url.scheme, authority(url), std::string_view(url.target).substr(0, url.target.find('?')));
}
void add_query(Url& url, std::string_view parameters) {
    url.target.append(url.target.find('?') == std::string::npos ? "?" : "&").append(parameters);
}

bool same_origin(const Url& a, const Url& b) { return a.scheme == b.scheme && a.host == b.host && a.port == b.port; }

bool is_loopback(std::string_view host) {
    host = without_last_dot(host);
    if (host == "localhost" || host.ends_with(".localhost") || host == "[::1]") return true;
    const std::optional<V4> address = parse_v4(host);
    return address && (*address)[0] == 127;
}

bool is_private(std::string_view host) {
    host = without_last_dot(host);
    if (is_loopback(host)) return true;
    if (host.starts_with('[')) return is_private_v6(std::string(host.substr(1, host.size() - 2)));
    if (!reads_as_v4(host)) return false;
    const std::optional<V4> address = parse_v4(host);
    return !address || is_private_v4(*address);
}

std::string_view lowered_guard(const Url& from, const Url& to) {
    if (from.scheme == "https" && to.scheme == "http") return "from https to http is refused";
    if (is_private(to.host) && !is_private(from.host)) return "from a public host to a private address is refused";
    return {};
}

}  // namespace mabplan::runtime
