// JSON: the one door to nlohmann-json. Included by .cpp files; headers pass text.
#pragma once

#include "plans/base/result.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace mabplan {

using Json = nlohmann::json;                 // keys sorted: the canonical form
using OrderedJson = nlohmann::ordered_json;  // keys in the order written: for people

struct JsonLimits {
    std::size_t max_bytes = 64U << 20U;
    int max_depth = 64;
};

// Parses untrusted text. `what` names it in the message ("manifest sha256:…"). A repeated key is an error.
Result<Json> parse_json(std::string_view text, std::string_view what, ErrorKind kind = ErrorKind::Input, JsonLimits limits = {});

// The same of a text with a name: what is wrong in it has its place.
Result<Json> parse_json(const SourceTextPtr& text, ErrorKind kind = ErrorKind::Input, JsonLimits limits = {});

// Compact, keys sorted (or as written), UTF-8 as it is; bytes that are not UTF-8 become U+FFFD.
std::string dump_json(const Json& value);
std::string dump_json(const OrderedJson& value);
// The same, indented by two blanks and ending with a line feed.
std::string dump_json_pretty(const Json& value);
std::string dump_json_pretty(const OrderedJson& value);

// A text as a string; bytes that are no UTF-8 as {"base64": "…"}, since JSON strings can't hold them. One text has one form: what could be
// a string must be one.
Json write_bytes(std::string_view bytes);
// Nothing for what `write_bytes` does not write.
std::optional<std::string> read_bytes(const Json& value);

// Typed look-ups that never throw: nothing where the key is missing or of another type.
const Json* find_member(const Json& object, const char* key);
std::optional<std::string> find_string(const Json& object, const char* key);
std::optional<std::int64_t> find_integer(const Json& object, const char* key);

}  // namespace mabplan
