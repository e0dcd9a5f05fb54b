// The variables of a command: entries as NAME=value.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// Of the first entry of the name; nothing if there is none.
std::optional<std::string_view> value_of_variable(std::span<const std::string> env, std::string_view name);

// Sets a variable where its first entry stands; a new one behind all others.
void set_in_place(std::vector<std::string>& env, const std::string& entry);
// Sets a variable behind all others; what stood elsewhere of the name goes.
void set_last(std::vector<std::string>& env, const std::string& entry);

}  // namespace mabplan::runtime
