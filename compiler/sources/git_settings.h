// The query of a git address: settings as "name=value&name". Knows the names; the address itself is read elsewhere.
#pragma once

#include "compiler/sources/git_reference.h"

namespace mabplan::compiler {

// Takes the settings into a reference that has its ref and subdir of the fragment already. Input errors: a name that is not known, one
// given twice, a value that is missing or bad, settings that contradict each other or the fragment.
Status read_git_settings(std::string_view query, GitReference& reference);

}  // namespace mabplan::compiler
