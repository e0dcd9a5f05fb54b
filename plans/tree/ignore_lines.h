// The lines of an ignore file with their numbers, for whoever tells mistakes in them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

struct IgnoreLine {
    std::string pattern;     // as read_ignore_lines gives it
    std::size_t number = 0;  // from 1
};
std::vector<IgnoreLine> read_numbered_ignore_lines(std::string_view content);

}  // namespace mabplan
