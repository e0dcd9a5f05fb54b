// Text in pieces: splitting, trimming, joining, escaping. Bytes in, bytes out; no locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

std::string_view trim(std::string_view text);  // blanks, tabs and line ends, at both ends
std::vector<std::string_view> split(std::string_view text, char separator);
std::vector<std::string_view> split_blanks(std::string_view text);  // the words between what trim() cuts off; none is empty
std::string to_lower(std::string_view text);                        // ASCII only
std::string to_upper(std::string_view text);                        // ASCII only
bool equal_ignoring_case(std::string_view a, std::string_view b);   // ASCII only

// The whole text as a decimal number; nothing else may stand in it.
std::optional<std::uint64_t> parse_unsigned(std::string_view text, int base = 10);
std::optional<std::int64_t> parse_signed(std::string_view text);

// 1 t T true True TRUE, and 0 f F false False FALSE (Go, strconv.ParseBool); nothing for other words.
std::optional<bool> parse_truth(std::string_view text);

// A path as POSIX cleans it: no empty or "." parts, ".." resolved against what stands before it, never above "/" for absolute
// paths. "" gives ".". The result has no trailing slash (but for "/").
std::string clean_path(std::string_view path);
// `path` if absolute, else below `base`; cleaned.
std::string join_path(std::string_view base, std::string_view path);
// A name in a relative directory, "." being the root of all: ("a", "b") -> "a/b", (".", "b") -> "b".
std::string path_in(std::string_view directory, std::string_view name);
std::string_view base_name(std::string_view path);    // last part: "a/b" -> "b", "/" -> "/"
std::string_view parent_path(std::string_view path);  // "a/b" -> "a", "/a" -> "/", "a" -> "."

// Bytes for people: "1.5 MB" (decimal units, as docker prints them).
std::string format_bytes(std::uint64_t bytes);
// In double quotes, control characters, quotes and bytes that are not UTF-8 escaped as \xHH: safe to print on any terminal.
std::string quoted(std::string_view text);
// these keep std::quoted, found by the type of the argument, from being the better match
inline std::string quoted(const std::string& text) { return quoted(std::string_view(text)); }
inline std::string quoted(std::string& text) { return quoted(std::string_view(text)); }
inline std::string quoted(const char* text) { return quoted(std::string_view(text)); }
bool is_valid_utf8(std::string_view text);

}  // namespace mabplan
