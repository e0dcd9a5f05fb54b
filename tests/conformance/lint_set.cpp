// Findings of the linter: each case is compiled twice, as a build and as a check.
#include "tests/conformance/sets.h"

#include "compiler/compile.h"
#include "compiler/lint/linter.h"
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "tests/support/memory_tree.h"

#include <algorithm>
#include <map>

namespace mabplan::conformance {

namespace {

using namespace mabplan::compiler;

class CaseFiles final : public ProjectFiles {
public:
    explicit CaseFiles(const Json& files) {
        for (const auto& [path, content] : files.items()) {
            texts_[path] = content.get<std::string>();
            tree_.add_file(path, texts_[path]);
        }
    }
    Result<std::optional<std::string>> read_text(const std::string&, const std::string& path) override {
        const auto found = texts_.find(clean_path(path));
        return found == texts_.end() ? std::nullopt : std::optional(found->second);
    }
    Result<TreeReader*> tree(const std::string&) override { return &tree_; }

private:
    std::map<std::string, std::string> texts_;
    tests::MemoryTree tree_;
};

// Any image there may be, with a PATH; for the platform that is wanted unless the case says otherwise.
class CaseImages final : public ImageResolver {
public:
    explicit CaseImages(const Json& platforms) : platforms_(platforms) {}
    Result<BaseImage> resolve(const ImageRequest& request) override {
        BaseImage image;
        image.platform = request.platform;
        if (const auto other = find_string(platforms_, request.name.c_str())) {
            MABPLAN_TRY(platform, parse_platform(*other, request.platform));
            image.platform = platform;
        }
        const Json config{{"os", image.platform.os}, {"architecture", image.platform.architecture}, {"variant", image.platform.variant},
                          {"config", {{"Env", {"PATH=/usr/bin:/bin"}}}}, {"rootfs", {{"type", "layers"}, {"diff_ids", Json::array()}}}};
        MABPLAN_TRY(parsed, parse_image_config(dump_json(config), request.name));
        image.config = std::move(parsed);
        return image;
    }

private:
    Json platforms_;
};

struct Run {
    std::vector<Finding> findings;
    std::string error;  // as the source project words it; empty if there was none
};

Matrix matrix_of(const Json& one, const Platform& host) {
    Matrix matrix;
    compiler::Target target;
    target.name = target.declared_name = "default";
    target.outputs.push_back({"cacheonly", {}, {}});
    std::vector<Platform> platforms;
    for (const Json& text : one.at("platforms")) platforms.push_back(*parse_platform(text.get<std::string>(), host));
    if (platforms.empty()) platforms.push_back(host);
    for (const Platform& platform : platforms) {
        compiler::Cell cell;
        cell.platform = platform;
        for (const auto& [name, value] : one.at("build_args").items()) cell.build.args.push_back({name, value.get<std::string>(), {}});
        target.cells.push_back(std::move(cell));
    }
    matrix.targets.push_back(std::move(target));
    return matrix;
}

// The source project tells of a parse error by its line, and appends what may have been meant.
std::string wording(const Error& error, bool is_parse_error) {
    std::string out = is_parse_error && error.place ? format("dockerfile parse error on line {}: ", error.place->line) : "";
    out += error.message;
    if (!error.hint.starts_with("did you mean")) return out;
    std::string hint = error.hint;
    std::erase(hint, '"');
    return out + " (" + hint + ")";
}

Run run(const Json& one, CompileMode mode) {
    const Platform host{"linux", "amd64", {}, {}, {}};
    const Matrix matrix = matrix_of(one, host);
    CaseFiles files(one.at("files"));
    CaseImages images(member_of(one, "base_image_platforms"));
    Linter linter(mode == CompileMode::Check ? LintScope::Check : LintScope::Compile);
    bool parsed = true;
    CompileRequest request{matrix, {&matrix.targets[0]}, host, mode, &linter, {}};
    request.on_dockerfile = [&](const PartialDockerfile& read, const Build& build) {
        parsed = read.errors.empty();
        std::optional<std::string> settings;
        for (const Setting& argument : build.args)
            if (argument.name == "BUILDKIT_DOCKERFILE_CHECK") settings = argument.value;
        linter.begin(read, settings);
    };
    const auto compiled = compile(request, {files, images});
    Run out{linter.findings(), {}};
    std::erase_if(out.findings, [](const Finding& finding) { return finding.about().origin == RuleOrigin::Own; });
    if (!compiled) out.error = wording(compiled.error().front(), !parsed);
    else if (const Errors errors = linter.errors(); !errors.empty()) out.error = wording(errors.front(), false);
    return out;
}

Json describe(const std::vector<Finding>& findings, CompileMode mode) {
    Json out = Json::array();
    for (const Finding& finding : findings) {
        Json one{{"rule", finding.about().name}, {"description", finding.about().description}, {"url", finding.about().url}, {"detail", finding.detail}};
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
    return !error.empty() && error.find(file_named_by(*pattern)) != std::string::npos ? passed() : failed("wanted an error as " + *pattern + "\n    obtained " + error);
}

}  // namespace

Outcome check_lint(const Json& one) {
    for (const CompileMode mode : {CompileMode::Build, CompileMode::Check}) {
        const Run obtained = run(one, mode);
        const std::string_view name = mode == CompileMode::Build ? "build: " : "check: ";
        for (Outcome outcome : {check_error(one, mode, obtained.error), compare(wanted_findings(one, mode), describe(obtained.findings, mode))})
            if (outcome.verdict != Verdict::Passed) return failed(std::string(name) + outcome.reason);
    }
    return passed();
}

}  // namespace mabplan::conformance
