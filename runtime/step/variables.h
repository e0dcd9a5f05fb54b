// The variables of a command: entries as NAME=value.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mabplan::runtime {

// Of the first entry of the name; nothing if there is none.
std::optional<std::string_view> value_of_variable(std::span<const std::string> env, std::string_view name);

}  // namespace mabplan::runtime
