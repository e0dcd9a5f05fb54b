#include "compiler/lower/workdir.h"

#include "plans/base/text.h"

namespace mabplan::compiler {

std::string normalize_workdir(const std::string& current, const std::string& path) {
    if (path.empty()) return current;
    return path.starts_with('/') ? path : join_path(current, path);
}

}  // namespace mabplan::compiler
