// Addresses of http and https, read strictly: what we check is what is asked for. Does not resolve names.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace mabplan::runtime {

struct Url {
    std::string scheme;      // "http" or "https"
    std::string host;        // lower case, IPv6 in brackets
    std::uint16_t port = 0;  // never 0 after parsing
    std::string target;      // path and query, from "/"

    bool operator==(const Url&) const = default;
};

// Refuses other schemes, user names, blanks and control characters; a fragment is dropped. Kind of error: Registry.
Result<Url> parse_url(std::string_view text);
// A Location header: absolute, or relative to `base` (RFC 3986, section 5.2).
Result<Url> resolve_url(const Url& base, std::string_view location);
std::string format_url(const Url& url);
// Without the query, which may hold a signature: for messages.
std::string shown_url(const Url& url);
// "host" or "host:port" where the port is not the scheme's own.
std::string authority(const Url& url);
// Adds to the query; `parameters` as they are sent ("name=value&…").
void add_query(Url& url, std::string_view parameters);
bool same_origin(const Url& a, const Url& b);

// Why what `from` answered must not lead to `to`: from https to http, or from a public host to a private address. Empty: it may.
std::string_view lowered_guard(const Url& from, const Url& to);

// "localhost", names below it, 127.0.0.0/8 and ::1.
bool is_loopback(std::string_view host);
// Loopback, or a literal address that is private, link-local, shared or unspecified, or an IPv4 address in an unusual spelling.
bool is_private(std::string_view host);

}  // namespace mabplan::runtime
