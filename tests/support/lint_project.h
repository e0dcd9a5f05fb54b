// Compiles a project in memory with a linter looking on.
#pragma once

#include "compiler/lint/linter.h"
#include "tests/support/fake_ports.h"

#include <string>
#include <vector>

namespace mabplan::tests {

struct Linted {
    std::vector<compiler::Finding> findings;
    Errors errors;  // of the compilation, then of the linter
    bool has_syntax_errors = false;
};

// A check, or what a build tells, by the mode of the project.
inline Linted lint(Project& project) {
    compiler::Linter linter;
    Linted out;
    compiler::CompileRequest request{project.matrix, {&project.matrix.targets[0]}, platform_of("linux/amd64"), project.mode, &linter, {}};
    request.on_dockerfile = [&](const compiler::PartialDockerfile& read, const compiler::Build& build) {
        std::optional<std::string> settings;
        for (const compiler::Setting& argument : build.args)
            if (argument.name == "BUILDKIT_DOCKERFILE_CHECK") settings = argument.value;
        out.has_syntax_errors = !read.errors.empty();
        linter.begin(read, settings);
    };
    if (auto compiled = compiler::compile(request, {project.files, project.images, project.sources}); !compiled)
        out.errors = std::move(compiled).error();
    for (Error& error : linter.errors()) out.errors.push_back(std::move(error));
    out.findings = linter.findings();
    return out;
}

// "line: RULE: detail" of each finding of a check.
inline std::vector<std::string> lint_lines(Project& project) {
    std::vector<std::string> out;
    for (const compiler::Finding& finding : lint(project).findings)
        out.push_back(format("{}: {}: {}", finding.line, finding.about().name, finding.detail));
    return out;
}

}  // namespace mabplan::tests
