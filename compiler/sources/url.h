// A URL in its parts (RFC 3986; lenient where Go's net/url is, so that what BuildKit accepts is accepted). Knows no protocol.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mabplan::compiler {

struct Url {
    std::string scheme;    // lower case; empty if there is none
    std::string user;      // "user" or "user:password", as written; empty if there is none
    std::string host;      // with ":port"; empty if there is none
    std::string path;      // escapes decoded
    std::string raw_path;  // as written
    std::string query;     // as written, without '?'
    std::string fragment;  // escapes decoded, without '#'

    // Nothing for what is no URL: control characters, a bad escape, port or host, a colon before the first slash of a relative one, a
    // scheme without "//" behind it ("mailto:x").
    static std::optional<Url> parse(std::string_view text);
    // The text of it up to the query, which is left out as the fragment is.
    std::string address() const;
};

}  // namespace mabplan::compiler
