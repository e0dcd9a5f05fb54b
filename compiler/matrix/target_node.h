// Targets as trees of YAML before they are read: list forms become maps, and one target is laid over another. Knows which keys
// merge; does not know what they mean.
#pragma once

#include "compiler/matrix/mistakes.h"
#include "compiler/matrix/yaml_document.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

// Turns `args: [A=1, B]` into `args: {A: "1", B: null}`, in place, for every key that has both forms (extra_hosts also with ':').
// Reports items that are no texts, have no name, or a name that comes twice or holds a variable.
void normalize_settings(YamlNode& target, Mistakes& mistakes);

// `over` laid over `base`: maps of settings (args, labels, …) merge name by name, all else is replaced as a whole.
// A dockerfile replaces a dockerfile_inline, and the other way round.
YamlNode overlaid(YamlNode base, const YamlNode& over);

struct DeclaredTarget {
    std::string name;
    SourcePlace place;
    YamlNode node;  // a map
};

// Each target with what it extends below it; `extends` itself is gone from the nodes. Reports unknown names and cycles.
std::vector<DeclaredTarget> apply_extends(const std::vector<DeclaredTarget>& declared, Mistakes& mistakes);

}  // namespace mabplan::compiler
