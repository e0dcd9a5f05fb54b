// Files that ADD fetches over http(s). Knows the text of the URL alone.
#pragma once

#include <string>
#include <string_view>

namespace mabplan::compiler {

// An http(s) URL that is no git address.
bool is_http_source(std::string_view text);

// The name that the file gets inside a directory: the last part of the URL's path, decoded; "__unnamed__" if it has none.
std::string remote_file_name(std::string_view text);

}  // namespace mabplan::compiler
