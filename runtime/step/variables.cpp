#include "runtime/step/variables.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

std::string_view with_equals(std::string_view entry) { return entry.substr(0, entry.find('=') + 1); }

}  // namespace

std::optional<std::string_view> value_of_variable(std::span<const std::string> env, std::string_view name) {
    for (const std::string_view entry : env)
        if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=') return entry.substr(name.size() + 1);
    return std::nullopt;
}

void set_in_place(std::vector<std::string>& env, const std::string& entry) {
    const std::string_view start = with_equals(entry);
    const auto found = std::find_if(env.begin(), env.end(), [&](const std::string& other) { return other.starts_with(start); });
    if (found == env.end()) env.push_back(entry);
    else *found = entry;
}

void set_last(std::vector<std::string>& env, const std::string& entry) {
    const std::string_view start = with_equals(entry);
    std::erase_if(env, [&](const std::string& other) { return other.starts_with(start); });
    env.push_back(entry);
}

}  // namespace mabplan::runtime
