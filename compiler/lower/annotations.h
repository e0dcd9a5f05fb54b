// What the annotations of a target become in its plan: pairs of the index, of the manifests, and of the descriptors that point to them.
#pragma once

#include "compiler/matrix/matrix.h"
#include "plans/model/plan.h"

namespace mabplan::compiler {

// True if something is said of the index or its descriptor.
bool annotates_index(const Target& target);

// Puts the pairs into `lowered`, whose cells and outputs are there already. What is said of one platform goes before what is said of
// all. Input errors with their place: a platform that the target does not have, an index where no output has one, and a pair of the
// one index whose value differs by platform.
Status lower_annotations(const Target& target, mabplan::Target& lowered);

}  // namespace mabplan::compiler
