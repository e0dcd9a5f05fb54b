// The sets that can be checked: each a function from one case to its outcome, in a file of its own.
#pragma once

#include "tests/conformance/outcome.h"

#include <string_view>

namespace mabplan::conformance {

// The case with the tables of its set as members of it.
using CheckCase = Outcome (*)(const Json& one);

// Nothing for a set that no function here knows.
CheckCase find_check(std::string_view set);

Outcome check_compile_set(const Json& one);
Outcome check_copy_exclude(const Json& one);
Outcome check_directives(const Json& one);
Outcome check_dockerfile_parser(const Json& one);
Outcome check_error_lines(const Json& one);
Outcome check_expand_variables(const Json& one);
Outcome check_expose_ports(const Json& one);
Outcome check_git_refs(const Json& one);
Outcome check_heredoc(const Json& one);
Outcome check_ignore_patterns(const Json& one);
Outcome check_instructions(const Json& one);
Outcome check_json_form(const Json& one);
Outcome check_lint(const Json& one);
Outcome check_paths(const Json& one);
Outcome check_platforms(const Json& one);
Outcome check_resolv_conf(const Json& one);
Outcome check_split_words(const Json& one);

}  // namespace mabplan::conformance
