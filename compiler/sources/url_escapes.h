// Percent-encoding (RFC 3986, section 2.1) as Go's net/url writes and reads it, which is what Dockerfile frontends go by.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mabplan::compiler {

// Where in a URL a text stands: what has to be escaped depends on it.
enum class UrlPart { Path, UserInfo };

// As in a query: '+' is a blank too.
std::optional<std::string> decode_query_word(std::string_view text);
std::string encode_percent(std::string_view text, UrlPart part);
// A host: escapes only for bytes above 0x7f (and "%25"), and no character that could end the host.
bool is_url_host(std::string_view text);
// All bytes may stand in a path as they are.
bool is_url_path(std::string_view text);
// "user" or "user:password".
bool is_url_user(std::string_view text);

}  // namespace mabplan::compiler
