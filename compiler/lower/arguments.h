// Where the values of ARG come from: build arguments, the global scope, the platforms (Dockerfile reference, "ARG", "Automatic
// platform ARGs in the global scope"). Knows names and values; does not know stages.
#pragma once

#include "compiler/dockerfile/ast.h"
#include "compiler/dockerfile/shell_words.h"
#include "plans/base/result.h"
#include "plans/oci/platform.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mabplan::compiler {

using BuildArguments = std::map<std::string, std::string>;  // --build-arg, `args`

class GlobalArguments final : public Variables {
public:
    struct Platforms {
        Platform build;
        Platform target;
        std::string target_stage;  // name of the target stage, or "default"
    };
    // Evaluates the ARG lines before the first FROM. Errors carry the place.
    static Result<GlobalArguments> evaluate(const std::vector<const Instruction*>& lines, const BuildArguments& given,
                                            const Platforms& platforms, const WordRules& rules);

    std::optional<std::string> get(std::string_view name) const override;
    // All names that have a value, and those with the ones that are only declared: for suggestions.
    std::vector<std::string> names() const;
    std::vector<std::string> declared_names() const { return {declared_.begin(), declared_.end()}; }
    bool declares(const std::string& name) const { return declared_.contains(name); }

private:
    std::map<std::string, std::string, std::less<>> values_;
    std::set<std::string> declared_;
};

// Usable without being declared, and no part of any key (Dockerfile reference, "Predefined ARGs").
bool is_proxy_argument(std::string_view name);

}  // namespace mabplan::compiler
