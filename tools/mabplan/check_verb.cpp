// `mabplan check`: the linter's findings, as a report on standard output.
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "tools/mabplan/compile_project.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/interrupts.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/verbs.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace mabplan::tools {

namespace {

using compiler::LintReport;
using compiler::ReportFormat;

ReportFormat format_of(CheckFormat format) {
    switch (format) {
        case CheckFormat::Text: return ReportFormat::Text;
        case CheckFormat::Json: return ReportFormat::Json;
        case CheckFormat::Sarif: return ReportFormat::Sarif;
        case CheckFormat::GitHub: return ReportFormat::GitHub;
    }
    return ReportFormat::Text;
}

bool names_matrix_file(const std::string& path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

// A flag that only a Dockerfile's check takes; empty if none was given.
std::string_view dockerfile_flag(const CheckOptions& options) {
    if (!options.target.empty()) return "--target";
    if (!options.build_args.empty()) return "--build-arg";
    return options.build_contexts.empty() ? "" : "--build-context";
}

// "." and "./web" are folders, "web" may be a target as well: then the matrix file decides.
bool names_folder(const std::string& word) {
    std::error_code ignored;
    return (word.starts_with('.') || word.find('/') != std::string::npos) && std::filesystem::is_directory(word, ignored);
}

bool is_about_matrix(const CheckOptions& options) {
    if (!options.file.empty()) return names_matrix_file(options.file);
    const bool one_folder = options.words.size() == 1 && names_folder(options.words.front());
    return !find_matrix_file({}).empty() && !one_folder && dockerfile_flag(options).empty();
}

Checked<Project> project_of(const CheckOptions& options, runtime::Store& store, const runtime::Stop& stop) {
    const auto refuse = [](std::string message, std::string hint) {
        return tl::unexpected(Errors{Error{ErrorKind::Input, std::move(message), {}, {}, std::move(hint)}});
    };
    if (is_about_matrix(options)) {
        if (const std::string_view flag = dockerfile_flag(options); !flag.empty())
            return refuse(format("{} is for a Dockerfile, and {} is a matrix file", flag, quoted(options.file)),
                          "write it into the matrix file, or name a Dockerfile with -f");
        CompileOptions matrix;
        matrix.network = options.network;
        matrix.file = options.file;
        matrix.targets = options.words;
        matrix.platforms = options.platforms;
        return read_project(matrix, store, stop);
    }
    if (options.words.size() > 1)
        return refuse(format("{} and {}: a Dockerfile has one build context", quoted(options.words[0]), quoted(options.words[1])),
                      "targets are for a mabplan.yaml");
    BuildOptions build;
    build.network = options.network;
    if (!options.words.empty()) build.context = options.words.front();
    build.file = options.file;
    build.platforms = options.platforms;
    build.target = options.target;
    build.build_args = options.build_args;
    build.build_contexts = options.build_contexts;
    return project_of_flags(build, store, stop);
}

LintReport make_report(const CheckOptions& options, runtime::Store& store, runtime::Stop& stop) {
    const auto project = project_of(options, store, stop);
    if (!project) return {{}, project.error()};
    const auto around = surroundings_of(*project, 0);
    if (!around) return {{}, {around.error()}};
    Surroundings surroundings(*around, store, stop);
    Remarks remarks(Progress::Plain);  // the report is all that is asked for
    return check_project(*project, surroundings, remarks);
}

// Something that is no mistake in a text: the check itself could not be done.
bool stops_the_check(const Error& error) { return error.kind != ErrorKind::Input || !error.place; }

int exit_code_of(const LintReport& report, ErrorOn error_on) {
    const auto worst = std::find_if(report.errors.begin(), report.errors.end(), stops_the_check);
    if (worst != report.errors.end()) return exit_code(worst->kind);
    const bool is_bad =
        error_on != ErrorOn::Never && (!report.errors.empty() || (error_on == ErrorOn::Warning && !report.findings.empty()));
    return is_bad ? exit_code(ErrorKind::Input) : 0;
}

}  // namespace

int check_verb(const CheckOptions& options) {
    if (auto moved = change_directory(options.common.directory); !moved) return report(moved.error());
    const auto store = open_store(options.common);
    if (!store) return report(store.error());
    Interrupts interrupts;
    const LintReport found = make_report(options, **store, interrupts.stop());
    if (interrupts.stop().is_interrupted()) return report(Error{ErrorKind::Interrupted, "interrupted"});
    std::fputs(write_report(found, format_of(options.format)).c_str(), stdout);
    return exit_code_of(found, options.error_on);
}

}  // namespace mabplan::tools
