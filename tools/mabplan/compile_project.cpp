#include "tools/mabplan/compile_project.h"

#include "compiler/compile.h"
#include "compiler/lint/linter.h"
#include "compiler/lower/outputs.h"
#include "compiler/matrix/read_matrix.h"
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sandbox/emulator.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/commit_time.h"
#include "tools/mabplan/dotenv_file.h"
#include "tools/mabplan/flag_matrix.h"
#include "tools/mabplan/given_epoch.h"
#include "tools/mabplan/offline_images.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/project_files.h"
#include "tools/mabplan/text_in_tree.h"

namespace mabplan::tools {

namespace {

// What a flag said has no place in a file.
void tell(const compiler::Warning& warning, Remarks& remarks) {
    remarks.warn(warning.place.text ? format("{}: {}", format_place(warning.place), warning.message) : warning.message);
}

std::optional<std::string> check_settings(const compiler::Build& build) {
    for (const compiler::Setting& argument : build.args)
        if (argument.name == "BUILDKIT_DOCKERFILE_CHECK") return argument.value;
    return std::nullopt;
}

compiler::CompileRequest request_of(const Project& project, compiler::CompileMode mode, compiler::Linter& linter,
                                    const runtime::Store& store, Remarks& remarks) {
    std::vector<const compiler::Target*> targets;
    for (const std::size_t index : project.targets) targets.push_back(&project.matrix.targets[index]);
    compiler::CompileRequest request{project.matrix, std::move(targets), project.host, mode, &linter, {project.root, project.written}, {}};
    request.own.paths.push_back(absolute_path(store.root()));
    request.on_warning = [&remarks](const compiler::Warning& warning) { tell(warning, remarks); };
    request.on_dockerfile = [&linter](const compiler::PartialDockerfile& read, const compiler::Build& build) {
        linter.begin(read, check_settings(build));
    };
    return request;
}

// What kept the compilation from a plan, then what the linter takes for an error.
Errors all_errors(const Checked<compiler::Compiled>& compiled, const compiler::Linter& linter) {
    Errors errors = compiled ? Errors{} : compiled.error();
    for (Error& error : linter.errors()) errors.push_back(std::move(error));
    return errors;
}

void tell_remarks(const compiler::Compiled& compiled, Remarks& remarks) {
    for (const std::string& note : compiled.notes) remarks.note(note);
    for (const compiler::Warning& warning : compiled.warnings) tell(warning, remarks);
}

// Those that nothing uses as well: what is used and not there is an error elsewhere.
void tell_missing_folders(const Project& project, Remarks& remarks) {
    for (const std::size_t index : project.targets) {
        const compiler::Target& target = project.matrix.targets[index];
        if (target.cells.empty()) continue;
        for (const compiler::NamedContext& context : target.cells.front().build.additional_contexts) {
            const bool is_folder = context.source.kind == compiler::ContextKind::Directory;
            if (is_folder && !runtime::is_directory(join_path(project.root, context.source.location)))
                tell({format("the build context {} is not there: {} is no folder", quoted(context.name), quoted(context.source.location)),
                      context.place},
                     remarks);
        }
    }
}

}  // namespace

Result<SurroundingsOptions> surroundings_of(const Project& project, int jobs) {
    MABPLAN_TRY(registries, compiler::lower_registries(project.matrix));
    return SurroundingsOptions{project.root, std::move(registries), project.offline, project.standard_input, jobs};
}

Checked<CompiledProject> compile_project(const Project& project, Surroundings& surroundings, Remarks& remarks) {
    DiskProjectFiles files(surroundings.folders());
    compiler::Linter linter;
    auto compiled = compiler::compile(request_of(project, compiler::CompileMode::Build, linter, surroundings.store(), remarks),
                                      {files, surroundings.images(), surroundings.remote()});
    if (auto goes_on = surroundings.check_interrupted(); !goes_on) return tl::unexpected(Errors{std::move(goes_on).error()});
    if (compiled) tell_remarks(*compiled, remarks);
    if (compiled) tell_missing_folders(project, remarks);
    for (const std::string& name : surroundings.images().own_names_used())
        remarks.note(format("{} is the image of that name in the store (--pull asks its registry)", name));
    for (const compiler::Finding& finding : linter.findings()) remarks.warn(compiler::format_finding(finding));
    if (Errors errors = all_errors(compiled, linter); !errors.empty()) return tl::unexpected(std::move(errors));
    if (auto saved = surroundings.folders().save(); !saved) return tl::unexpected(Errors{std::move(saved).error()});
    for (const Error& why : compiled->left_out) remarks.warn(format("an optional platform is left out: {}", trim(format_error(why))));
    return CompiledProject{std::move(compiled->plan), !compiled->left_out.empty()};
}

compiler::LintReport check_project(const Project& project, Surroundings& surroundings, Remarks& remarks) {
    DiskProjectFiles files(surroundings.folders());
    compiler::Linter linter;
    OfflineImages guessed(surroundings.images(), [&](const std::string& name) {
        remarks.warn(format("{} is not known without the network: UndefinedVar is left out in stages built on it, for it may set variables",
                            quoted(name)));
    });
    compiler::ImageResolver& resolver = project.offline ? static_cast<compiler::ImageResolver&>(guessed) : surroundings.images();
    const auto compiled = compiler::compile(request_of(project, compiler::CompileMode::Check, linter, surroundings.store(), remarks),
                                            {files, resolver, surroundings.remote()});
    if (auto goes_on = surroundings.check_interrupted(); !goes_on) return {{}, {std::move(goes_on).error()}};
    if (compiled) tell_remarks(*compiled, remarks);
    return {linter.findings(), all_errors(compiled, linter)};
}

std::string find_matrix_file(const std::string& given) {
    if (!given.empty()) return given;
    for (const char* name : {"mabplan.yaml", "mabplan.yml"})
        if (runtime::path_exists(name)) return name;
    return {};
}

Checked<Project> project_of_flags(const BuildOptions& options, runtime::Store& store, const runtime::Stop& stop) {
    const Platform host = runtime::host_platform();
    Result<StandardInput> input = reads_standard_input(options) ? read_standard_input(store, stop) : Result<StandardInput>(StandardInput{});
    if (!input) return tl::unexpected(Errors{std::move(input).error()});
    auto matrix = matrix_of_flags(options, *input, host);
    if (!matrix) return tl::unexpected(Errors{std::move(matrix).error()});
    if (auto given = give_epoch(*matrix, ProcessEnvironment()); !given) return tl::unexpected(Errors{std::move(given).error()});
    Project project{std::move(*matrix), {}, host, absolute_path("."), options.network.offline, input->archive};
    project.targets = {0};
    return project;
}

Checked<Project> read_project(const CompileOptions& options, runtime::Store& store, const runtime::Stop& stop) {
    const std::string file = find_matrix_file(options.file);
    if (file.empty()) {
        if (!options.targets.empty())
            return tl::unexpected(Errors{
                input_error(format("there is no mabplan.yaml that could have the target {}", quoted(options.targets.front()))).value()});
        BuildOptions build;
        build.network = options.network;
        build.platforms = options.platforms;
        build.outputs = {"type=oci,tar=false,dest=dist/default"};
        return project_of_flags(build, store, stop);
    }
    auto text = runtime::read_file(file);
    if (!text) return tl::unexpected(Errors{std::move(text).error()});
    const Platform host = runtime::host_platform();
    auto platforms = parse_platforms(options.platforms, host);
    if (!platforms) return tl::unexpected(Errors{std::move(platforms).error()});
    const std::string root(parent_path(absolute_path(file)));
    auto dotenv = read_dotenv(root);
    if (!dotenv) return tl::unexpected(std::move(dotenv).error());
    const ProcessEnvironment process;
    auto matrix = compiler::read_matrix(std::make_shared<SourceText>(file, *text), compiler::LayeredEnvironment(process, dotenv->values),
                                        {host, *platforms});
    if (!matrix) return tl::unexpected(std::move(matrix).error());
    matrix->warnings.insert(matrix->warnings.begin(), dotenv->warnings.begin(), dotenv->warnings.end());
    if (auto given = give_epoch(*matrix, ProcessEnvironment()); !given) return tl::unexpected(Errors{std::move(given).error()});
    Project project{std::move(*matrix), {}, host, root, options.network.offline};
    compiler::Reproducible& reproducible = project.matrix.reproducible;
    if (reproducible.enabled && reproducible.epoch_of_commit) {
        auto time = commit_time(project.root, store, stop);
        if (!time) return tl::unexpected(Errors{std::move(time).error().at(project.matrix.places["reproducible"])});
        reproducible.source_date_epoch = *time;
    }
    auto targets = compiler::select_targets(project.matrix, options.targets);
    if (!targets) return tl::unexpected(Errors{std::move(targets).error()});
    for (const compiler::Target* target : *targets)
        project.targets.push_back(static_cast<std::size_t>(target - project.matrix.targets.data()));
    return project;
}

}  // namespace mabplan::tools
