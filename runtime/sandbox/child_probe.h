// Something tried by a child process, so that this one stays as it was.
#pragma once

#include <functional>
#include <string>

namespace mabplan::runtime {

struct Finding {
    bool ok = false;
    std::string detail;
    std::string remedy;
};

// What `probe` found in a child of this process, which must not have started threads yet.
Finding find_in_child(const std::function<Finding()>& probe);

}  // namespace mabplan::runtime
