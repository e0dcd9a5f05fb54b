// The one door to fmt, and the light one: fmt/core.h takes half as long to compile as what can also print ranges and own types.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace mabplan {

using fmt::format;

// The texts of a range in their order, with the separator between each two.
template <class Range>
std::string join(const Range& texts, std::string_view separator) {
    std::string joined;
    bool is_first = true;
    for (const auto& text : texts) {
        if (!is_first) joined += separator;
        joined += text;
        is_first = false;
    }
    return joined;
}

}  // namespace mabplan
