// Which rules are looked at: `# check=skip=A,B;error=true;experimental=C` at the head of a Dockerfile, `# check=skip=A` above an
// instruction, the build argument BUILDKIT_DOCKERFILE_CHECK. Does not know what a rule is about.
#pragma once

#include "compiler/lint/rule.h"
#include "plans/base/result.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

struct LintSettings {
    // "all", or names. Names that no rule has are kept: another version may have them.
    struct Selection {
        bool all = false;
        std::set<std::string, std::less<>> names;

        bool contains(std::string_view name) const { return all || names.contains(name); }
        void add(const Selection& other);
    };
    Selection skip;
    Selection experimental;
    bool error = false;  // a finding makes the build fail

    // Whether a rule is looked at, apart from where. A rule on request that is named goes before `skip=all`.
    bool wants(const Rule& rule) const;
};

// "skip=A,B;error=true;experimental=all" in any order; empty: nothing is set. At most three parts, blanks around them don't count.
Result<LintSettings> parse_lint_settings(std::string_view text);

// The settings of a Dockerfile: `argument` (BUILDKIT_DOCKERFILE_CHECK) if it is given, else those of the directive in the text. Errors
// have the place of the directive.
Result<LintSettings> lint_settings_of(const SourceTextPtr& source, const std::optional<std::string>& argument);

// Adds what the first `check=…` among the comment lines above an instruction says. One that can't be read counts for nothing, and
// `error` is not for a single instruction.
LintSettings with_comments(LintSettings settings, const std::vector<std::string>& comments);

}  // namespace mabplan::compiler
