// All that lies below a path, taken out of a container that is sorted by path.
#pragma once

#include <string>

namespace mabplan {

// Not what is at the path itself. `paths`: a set or map of bytewise order whose keys are clean paths.
template <class Paths>
void erase_below(Paths& paths, const std::string& path) {
    paths.erase(paths.lower_bound(path + "/"), paths.lower_bound(path + "0"));  // "0" follows "/"
}

}  // namespace mabplan
