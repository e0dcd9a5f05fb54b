#include "compiler/lower/context_names.h"

#include "plans/base/text.h"
#include "plans/oci/reference.h"

namespace mabplan::compiler {

bool is_context_name(const std::string& context, const std::string& name) {
    if (equal_ignoring_case(context, name)) return true;
    const auto left = parse_reference(context), right = parse_reference(name);
    return left && right && *left == *right;
}

}  // namespace mabplan::compiler
