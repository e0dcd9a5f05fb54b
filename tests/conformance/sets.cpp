#include "tests/conformance/sets.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace mabplan::conformance {

namespace {

using Set = std::pair<std::string_view, CheckCase>;

const std::vector<Set> kSets{
    {"compile", check_compile_set},
    {"copy-exclude", check_copy_exclude},
    {"directives", check_directives},
    {"dockerfile-parser", check_dockerfile_parser},
    {"error-lines", check_error_lines},
    {"expand-variables", check_expand_variables},
    {"expose-ports", check_expose_ports},
    {"git-refs", check_git_refs},
    {"heredoc", check_heredoc},
    {"ignore-patterns", check_ignore_patterns},
    {"instructions", check_instructions},
    {"json-form", check_json_form},
    {"lint", check_lint},
    {"paths", check_paths},
    {"platforms", check_platforms},
    {"resolv-conf", check_resolv_conf},
    {"split-words", check_split_words},
};

}  // namespace

CheckCase find_check(std::string_view set) {
    const auto found = std::find_if(kSets.begin(), kSets.end(), [&](const auto& each) { return each.first == set; });
    return found == kSets.end() ? nullptr : found->second;
}

}  // namespace mabplan::conformance
