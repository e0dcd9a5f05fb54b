// Findings of the linter: each case is compiled twice, as a build and as a check.
#include "tests/conformance/sets.h"

#include "plans/base/format.h"
#include "tests/support/lint_project.h"

#include <algorithm>
#include <map>

namespace mabplan::conformance {

namespace {

using namespace mabplan::compiler;

struct Run {
    std::vector<Finding> findings;
    std::string error;  // as the source project words it; empty if there was none
};

tests::Project project_of(const Json& one) {
    std::vector<std::string> platforms = one.at("platforms").get<std::vector<std::string>>();
    if (platforms.empty()) platforms = {"linux/amd64"};
    tests::Project project("", platforms);
    for (const auto& [path, content] : one.at("files").items()) project.files.add(".", path, content.get<std::string>());
    for (const auto& [name, value] : one.at("build_args").items()) project.argument(name, value.get<std::string>());
    const Json images = member_of(one, "base_image_platforms");
    if (images.is_object()) project.images.platforms = images.get<std::map<std::string, std::string>>();
    return project;
}

// The source project tells of a parse error by its line, and appends what may have been meant.
std::string wording(const Error& error, bool is_parse_error) {
    std::string out = is_parse_error && error.place ? format("dockerfile parse error on line {}: ", error.place->first()) : "";
    out += error.message;
    if (!error.hint.starts_with("did you mean")) return out;
    std::string hint = error.hint;
    std::erase(hint, '"');
    return out + " (" + hint + ")";
}

Run run(const Json& one, CompileMode mode) {
    tests::Project project = project_of(one);
    project.mode = mode;
    tests::Linted linted = tests::lint(project);
    std::erase_if(linted.findings, [](const Finding& finding) { return finding.about().origin == RuleOrigin::Own; });
    Run out{std::move(linted.findings), {}};
    if (!linted.errors.empty()) out.error = wording(linted.errors.front(), linted.has_syntax_errors);
    return out;
}

Json describe(const std::vector<Finding>& findings, CompileMode mode) {
    Json out = Json::array();
    for (const Finding& finding : findings) {
        Json one{{"rule", finding.about().name},
                 {"description", finding.about().description},
                 {"url", finding.about().url},
                 {"detail", finding.detail}};
        if (mode == CompileMode::Build) {
            one["level"] = 1;
            one["line"] = finding.line;
        }
        out.push_back(std::move(one));
    }
    return out;
}

Json wanted_findings(const Json& one, CompileMode mode) {
    Json wanted = one.contains("check_warnings") && mode == CompileMode::Check ? one.at("check_warnings") : one.at("warnings");
    if (mode == CompileMode::Check)
        for (Json& each : wanted) {
            each.erase("line");
            each.erase("level");
        }
    return wanted;
}

// The file that a pattern for the message of another program names: "…/Dockerfile" in quotes.
std::string file_named_by(const std::string& pattern) {
    const std::size_t begin = pattern.find("\"/");
    if (begin == std::string::npos) return {};
    return pattern.substr(begin + 2, pattern.find('"', begin + 1) - begin - 2);
}

Outcome check_error(const Json& one, CompileMode mode, const std::string& error) {
    if (const auto wanted = find_string(one, "error")) {
        const bool good = mode == CompileMode::Check ? error == *wanted : error.find(*wanted) != std::string::npos;
        return good ? passed() : failed("wanted the error   " + *wanted + "\n    obtained the error " + error);
    }
    const auto pattern = find_string(one, "build_error_regex");
    if (!pattern || mode == CompileMode::Check) return error.empty() ? passed() : failed("failed: " + error);
    return !error.empty() && error.find(file_named_by(*pattern)) != std::string::npos
               ? passed()
               : failed("wanted an error as " + *pattern + "\n    obtained " + error);
}

}  // namespace

Outcome check_lint(const Json& one) {
    for (const CompileMode mode : {CompileMode::Build, CompileMode::Check}) {
        const Run obtained = run(one, mode);
        const std::string_view name = mode == CompileMode::Build ? "build: " : "check: ";
        for (Outcome outcome :
             {check_error(one, mode, obtained.error), compare(wanted_findings(one, mode), describe(obtained.findings, mode))})
            if (outcome.verdict != Verdict::Passed) return failed(std::string(name) + outcome.reason);
    }
    return passed();
}

}  // namespace mabplan::conformance
