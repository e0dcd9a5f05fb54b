// Where the destination of an output is on this machine.
#pragma once

#include "plans/base/text.h"

#include <string>
#include <string_view>

namespace mabplan::runtime {

// "-", which is standard output, stays.
inline std::string output_path(std::string_view project_folder, std::string_view destination) {
    return destination == "-" ? std::string(destination) : join_path(project_folder, destination);
}

}  // namespace mabplan::runtime
