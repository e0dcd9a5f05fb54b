// A URL cut into its parts at the characters that part them (RFC 3986, appendix B). What may stand in a part, and which schemes there
// are, is for others to say: everything that reads a URL starts here.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan {

// All as written, and views of the text that was cut.
struct UrlParts {
    std::string_view scheme;     // "https"; empty if there is none
    bool has_authority = false;  // "//" stands before user and host
    bool has_user = false;       // an '@' stands between them
    std::string_view user;       // "user" or "user:password"
    std::string_view host;       // with ":port"
    std::string_view path;       // from its slash on
    bool has_query = false;      // a '?' stands before it
    std::string_view query;      // without the '?'
    std::string_view fragment;   // without the '#'
};

UrlParts cut_url(std::string_view text);

// Without user and password, which are nobody's business: "https://host/path?query#fragment".
std::string without_user(std::string_view url);

// "/" to "%2F": every byte for which `stays` is false (RFC 3986, section 2.1).
std::string encode_percent(std::string_view text, const std::function<bool(char)>& stays);
// "%41" to "A"; nothing for a '%' without two hex digits behind it.
std::optional<std::string> decode_percent(std::string_view text);

}  // namespace mabplan
