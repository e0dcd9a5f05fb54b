// Path patterns as .dockerignore and --exclude use them (moby/patternmatcher's semantics), and Go's filepath.Match for sources.
#pragma once

#include "plans/base/result.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

// Go's path/filepath.Match on one whole path: `*` and `?` do not match '/', classes `[a-z]` and `[^a]`, `\` escapes.
// An input error for a malformed pattern.
Result<bool> glob_match(std::string_view pattern, std::string_view path);
bool has_glob(std::string_view pattern);

// An ordered list of patterns; the last that matches decides, `!` re-includes, a pattern also matches what is below it, `**` any depth.
class PatternList {
public:
    PatternList();
    // Patterns as they stand in the file, already trimmed; empty ones are dropped, a lone "!" and bad syntax are input errors.
    static Result<PatternList> compile(const std::vector<std::string>& patterns);

    bool empty() const;
    bool has_exceptions() const;                       // any "!" pattern
    const std::vector<std::string>& patterns() const;  // cleaned, as compiled
    // True if the path, or a parent of it, is excluded in the end: what a walk from the root down to the path decides.
    bool matches(std::string_view path) const;
    // While walking: the state of a directory lets its children be decided in one step.
    struct State {
        std::vector<bool> matched;  // per pattern: matched this path or a parent
        bool excluded = false;
    };
    State matches(std::string_view path, const State& parent) const;
    // The same decision where no state is needed: for what has no children.
    bool excludes(std::string_view path, const State& parent) const;
    // True if nothing below an excluded directory can be re-included: the walk may skip it.
    bool may_skip_directory(std::string_view path) const;
    // True if some pattern that is no exception could match a path below the directory: for lists that include.
    bool may_match_below(std::string_view directory) const;

private:
    struct Compiled;
    std::shared_ptr<const Compiled> compiled_;
};

// The lines of an ignore file: BOM, comments at column 0, trimming, cleaning, leading slashes (patternmatcher/ignorefile).
std::vector<std::string> read_ignore_lines(std::string_view content);

}  // namespace mabplan
