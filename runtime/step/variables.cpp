#include "runtime/step/variables.h"

namespace mabplan::runtime {

std::optional<std::string_view> value_of_variable(std::span<const std::string> env, std::string_view name) {
    for (const std::string_view entry : env)
        if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=') return entry.substr(name.size() + 1);
    return std::nullopt;
}

}  // namespace mabplan::runtime
