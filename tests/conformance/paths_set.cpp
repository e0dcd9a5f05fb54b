#include "tests/conformance/sets.h"

#include "plans/base/text.h"

namespace mabplan::conformance {

Outcome check_paths(const Json& one) {
    const std::string kind = text_of(one, "kind");
    // as lowering does: the base's directory first made absolute, then WORKDIR's on it
    if (kind == "workdir") return compare(one.at("result"), join_path(join_path("/", text_of(one, "current")), text_of(one, "workdir")));
    if (kind == "dedupe") return skipped("no list of selected paths is ever kept: a selection holds each path once");
    return skipped("unknown kind " + kind);
}

}  // namespace mabplan::conformance
