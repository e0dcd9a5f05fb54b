// `$NAME` and `${…}` inside scalars, as compose replaces them (compose-spec, interpolation.md). Map keys are left alone.
#pragma once

#include "compiler/matrix/mistakes.h"
#include "compiler/matrix/variables.h"
#include "compiler/matrix/yaml_document.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

struct UnsetVariable {
    std::string name;
    std::string expression;  // as written: "${NAME}"
};

struct InterpolationFailure {
    Error error;             // without a place
    std::string expression;  // what of the text is at fault, as written
};

// NAME is [A-Za-z_][A-Za-z0-9_]*, in braces also with dots. ${N}: the value, or empty; ${N:-x} ${N-x}: x if unset (":": or
// empty); ${N:+x} ${N+x}: x if set (":": and not empty); ${N:?m} ${N?m}: an error that says m if unset (":": or empty).
// x and m may hold expressions. $$ is a dollar sign; any other use of $ is an error. A name that is not set and has no default is
// empty and is added to `unset`. The result has at most 1 MiB.
tl::expected<std::string, InterpolationFailure> interpolate(std::string_view text, const Variables& variables,
                                                            std::vector<UnsetVariable>& unset);

// The tree with all its scalars replaced. Mistakes have their places; a scalar at fault keeps its text.
YamlNode interpolated(YamlNode node, const Variables& variables, Mistakes& mistakes);

}  // namespace mabplan::compiler
