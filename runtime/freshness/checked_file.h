// A small file of ours that is there whole or not at all: what is damaged, or was written by another version, is absent.
#pragma once

#include "plans/base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace mabplan::runtime {

// `magic` names format and version. What comes back is what was written.
std::optional<std::string> read_checked_file(const std::string& path, std::string_view magic);
Status write_checked_file(const std::string& path, std::string_view magic, std::string_view content);

}  // namespace mabplan::runtime
