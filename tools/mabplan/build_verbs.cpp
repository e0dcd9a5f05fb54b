// compile, run, build.
#include "compiler/lower/outputs.h"
#include "compiler/lower/own_files.h"
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "plans/codec/plan_writer.h"
#include "runtime/run.h"
#include "runtime/sys/fd.h"
#include "runtime/sys/file.h"
#include "runtime/sys/file_clock.h"
#include "runtime/sys/temporary.h"
#include "tools/mabplan/compile_project.h"
#include "tools/mabplan/device_specs.h"
#include "tools/mabplan/dotenv_file.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/flag_matrix.h"
#include "tools/mabplan/grants.h"
#include "tools/mabplan/interrupts.h"
#include "tools/mabplan/output_places.h"
#include "tools/mabplan/plan_file.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/result_report.h"
#include "tools/mabplan/run_display.h"
#include "tools/mabplan/run_upkeep.h"
#include "tools/mabplan/surroundings.h"
#include "tools/mabplan/verbs.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>

namespace mabplan::tools {

namespace {

struct ExecuteOptions {
    const CommonOptions& common;
    const GrantOptions& grants;
    int jobs = 0;
    bool use_cache = true;
    std::vector<std::string> fresh_stages{};
    bool print_digest = false;  // of the result, on standard output
    std::string metadata_file;
    std::string iid_file;
    std::string steps_folder;
    std::string events;
    std::string verb;
};

constexpr int kOnlyOptionalFailed = 3;

// "-" has other names.
bool is_standard_output(const std::string& path) {
    return path == "-" || path == "/dev/stdout" || path == "/dev/fd/1" || path == "/proc/self/fd/1";
}

bool is_terminal(const std::string& path) {
    if (is_standard_output(path)) return ::isatty(STDOUT_FILENO) != 0;
    std::error_code ignored;
    if (!std::filesystem::is_character_file(path, ignored)) return false;
    const runtime::Fd file(::open(path.c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    return file.valid() && ::isatty(file.get()) != 0;
}

// Standard output can hold one thing, and a terminal shows no archive.
Status check_standard_output(const Plan& plan, const std::string& root, const ExecuteOptions& options) {
    const bool json = options.common.json;
    std::size_t archives = 0;
    bool shown = false;
    for (const Target& target : plan.targets)
        for (const Output& output : target.outputs) {
            if (form_of(output) != OutputForm::File) continue;
            const std::string path = destination_of(output);
            if (is_standard_output(path)) ++archives;
            shown = shown || is_terminal(path == "-" ? path : join_path(root, path));
        }
    const auto refuse = [](std::string message, std::string hint) { return fail(ErrorKind::Input, std::move(message), std::move(hint)); };
    if (archives > 1) return refuse(format("{} archives are to be written to standard output", archives), "give all but one a path");
    if (json && archives > 0)
        return refuse("an archive and --json are both to be written to standard output", "--metadata-file FILE has the digests");
    if (is_standard_output(options.events) && (json || archives > 0))
        return refuse(format("events and {} are both to be written to standard output", json ? "the result" : "an archive"),
                      "--events FILE writes them to a file");
    if (shown)
        return refuse("an archive is not written to a terminal", "redirect it (> FILE, | docker load), or give a path: -o dest=FILE");
    return {};
}

bool asks_for_devices(const Plan& plan) {
    return std::any_of(plan.actions.begin(), plan.actions.end(), [](const Action& action) {
        const auto* run = std::get_if<RunAction>(&action.work);
        return run != nullptr && !run->devices.empty();
    });
}

int execute(const Plan& plan, Surroundings& surroundings, Remarks& remarks, const ExecuteOptions& options) {
    const std::string& root = surroundings.options().root;
    if (auto good = check_standard_output(plan, root, options); !good) return report(good.error());
    auto grants = parse_grants(options.grants);
    if (!grants) return report(grants.error());
    auto variables = variables_for_secrets(plan, grants->secrets, root);
    if (!variables) return report(variables.error());
    runtime::RunSettings settings;
    settings.clock = steady_seconds;
    const bool asked = options.print_digest || options.common.json || !options.metadata_file.empty() || !options.iid_file.empty();
    settings.digests = asked ? runtime::Digests::Always : runtime::Digests::WhereWritten;
    settings.jobs = options.jobs > 0 ? options.jobs : default_jobs();
    settings.use_cache = options.use_cache;
    settings.fresh_stages = {options.fresh_stages.begin(), options.fresh_stages.end()};
    settings.steps_folder = options.steps_folder;
    settings.project_folder = root;
    settings.emulator_folders = program_folders();
    settings.secrets = std::move(grants->secrets);
    settings.user = user_environment(*std::move(variables));
    settings.agents = std::move(grants->agents);
    settings.allow_insecure = grants->insecure;
    if (asks_for_devices(plan)) settings.devices = host_devices(grants->devices);
    settings.max_layer_bytes = grants->max_layer_bytes;
    settings.resolv_conf = resolv_conf();
    OutputPlaces destinations(root, surroundings.store().scratch(), surroundings.registries(), &surroundings.stop());
    auto budget = budget_of(surroundings.store().root(), process_variables());
    if (!budget) return report(budget.error());
    settings.budget = *budget;
    const LoggedRun logged{options.verb, root, runtime::precise_file_time_now()};
    auto display = RunDisplay::open(plan, surroundings.store(), {options.common, options.events, settings.jobs, remarks, logged});
    if (!display) return report(display.error());
    const auto result = runtime::run_plan(plan,
                                          {surroundings.store(), surroundings.images(), surroundings.remote().sources(),
                                           surroundings.folders(), destinations, surroundings.stop()},
                                          settings, (*display)->observers());
    (*display)->end();
    if (!result) return report(result.error());
    print_summary(*result, options.common.progress);
    const std::string upkeep =
        result->upkeep ? tell_upkeep(*result->upkeep, runtime::RunHistory(surroundings.store().root())) : std::string();
    if (!upkeep.empty()) remarks.note(upkeep);
    if (auto written = write_result_files(*result, options.metadata_file, options.iid_file); !written) return report(written.error());
    if (options.common.json) std::fputs(result_json(*result).c_str(), stdout);
    else if (options.print_digest && result->failures.empty())
        for (const runtime::TargetReport& target : result->targets) std::fputs((image_id(target) + "\n").c_str(), stdout);
    if (result->failures.empty()) return 0;
    (*display)->print_failures();
    return result->only_optional_failed ? kOnlyOptionalFailed : exit_code(result->failures.front().kind);
}

// As a path: standard output is none.
std::string events_file(const std::string& events) { return events == "-" ? std::string{} : events; }

// The log of events is no part of a context that it is written into.
void leave_out_events(Plan& plan, const std::string& root, const std::string& events) {
    if (events_file(events).empty() || runtime::is_a_stream(events)) return;
    const compiler::OwnFiles own{root, {absolute_path(events)}};
    for (BuildContext& context : plan.contexts) context.ignore = compiler::with_own_patterns(own, context.path, context.ignore);
}

std::string folder_of(const std::string& path) {
    std::error_code ignored;
    return std::string(parent_path(clean_path(std::filesystem::absolute(path, ignored).string())));
}

Status replace_outputs(Plan& plan, const std::vector<std::string>& outputs) {
    if (outputs.empty()) return {};
    for (Target& target : plan.targets) {
        const bool annotates_index = !target.annotations.empty() || !target.descriptor_annotations.empty();
        const compiler::OutputContent content{target.cells.size(), annotates_index, Compression::Gzip, !target.tags.empty()};
        target.outputs.clear();
        for (const std::string& text : outputs) {
            MABPLAN_TRY(spec, compiler::parse_output_spec(text));
            MABPLAN_TRY(output, compiler::lower_output(spec, content));
            target.outputs.push_back(std::move(output));
        }
    }
    return {};
}

CheckOptions as_check(const BuildOptions& options) {
    CheckOptions check;
    check.common = options.common;
    check.network = options.network;
    check.words = {options.context};
    check.file = options.file;
    check.platforms = options.platforms;
    check.target = options.target;
    check.build_args = options.build_args;
    check.build_contexts = options.build_contexts;
    return check;
}

// The folder of a cache of type=local; empty for others.
std::string local_cache(const std::string& text, const char* key) {
    const auto spec = compiler::parse_cache_spec(text);
    if (!spec || spec->type != "local") return {};
    const auto folder = spec->attrs.find(key);
    return folder == spec->attrs.end() ? std::string() : folder->second;
}

// Caches of others are not read, but a folder that is kept from one build to the next can hold the store.
void take_cache_flags(BuildOptions& options, Remarks& remarks) {
    std::set<std::string> folders;
    bool others = false;
    const auto look_at = [&](const std::vector<std::string>& caches, const char* key) {
        for (const std::string& text : caches) {
            const std::string folder = local_cache(text, key);
            if (folder.empty()) others = true;
            else folders.insert(clean_path(folder));
        }
    };
    look_at(options.cache_from, "src");
    look_at(options.cache_to, "dest");
    if (folders.size() == 1 && options.common.store.empty()) {
        options.common.store = *folders.begin() + "/mabplan";
        remarks.note(format("the store is {}: the folder of --cache-from and --cache-to", quoted(options.common.store)));
    } else if (!folders.empty() || others) {
        remarks.warn(
            "--cache-from and --cache-to have no effect: the store is the cache. Keep its folder from build to build (--cache-dir FOLDER)");
    }
}

// Stages that nothing is built of are told: they may be misspelt.
void tell_unknown_stages(const Plan& plan, const std::vector<std::string>& stages, Remarks& remarks) {
    for (const std::string& stage : stages)
        if (std::none_of(plan.actions.begin(), plan.actions.end(), [&](const Action& action) { return action.origin.stage == stage; }))
            remarks.warn(format("--no-cache-filter {}: no stage of this name is built", quoted(stage)));
}

int build(BuildOptions options) {
    if (auto moved = change_directory(options.common.directory); !moved) return report(moved.error());
    if (auto forgotten = forget_result_files({options.metadata_file, options.iid_file, events_file(options.events)}); !forgotten)
        return report(forgotten.error());
    for (const auto& [flag, file] : {std::pair("--metadata-file", options.metadata_file), std::pair("--iidfile", options.iid_file),
                                     std::pair("--events", events_file(options.events))})
        if (auto good = check_result_file(flag, file); !good) return report(good.error());
    Remarks remarks(options.common.progress);
    take_cache_flags(options, remarks);
    Interrupts interrupts;
    const auto store = open_store(options.common);
    if (!store) return report(store.error());
    auto project = project_of_flags(options, **store, interrupts.stop());
    if (!project) return report(project.error());
    for (const std::string& file : {options.metadata_file, options.iid_file, events_file(options.events)})
        if (!file.empty()) project->written.push_back(absolute_path(file));
    auto around = surroundings_of(*project, options.jobs);
    if (!around) return report(around.error());
    around->own_names = options.pull.empty() || options.pull == "false" || options.pull == "missing" || options.pull == "never";
    Surroundings surroundings(*around, **store, interrupts.stop());
    const auto compiled = compile_project(*project, surroundings, remarks);
    if (!compiled) return report(compiled.error());
    tell_unknown_stages(compiled->plan, options.fresh_stages, remarks);
    const int code = execute(compiled->plan, surroundings, remarks,
                             {options.common, options.grants, options.jobs, !options.no_cache, options.fresh_stages, options.quiet,
                              options.metadata_file, options.iid_file, options.steps_folder, options.events, "build"});
    return code == 0 && compiled->lacks_optional ? kOnlyOptionalFailed : code;
}

}  // namespace

int compile_verb(const CompileOptions& options) {
    if (auto moved = change_directory(options.common.directory); !moved) return report(moved.error());
    Remarks remarks(options.common.progress);
    Interrupts interrupts;
    const auto store = open_store(options.common);
    if (!store) return report(store.error());
    auto project = read_project(options, **store, interrupts.stop());
    if (!project) return report(project.error());
    project->written = {absolute_path(options.output)};
    const auto around = surroundings_of(*project, 0);
    if (!around) return report(around.error());
    Surroundings surroundings(*around, **store, interrupts.stop());
    const auto compiled = compile_project(*project, surroundings, remarks);
    if (!compiled) return report(compiled.error());
    const Plan* plan = &compiled->plan;
    const std::string text = write_plan(*plan);
    if (options.print) {
        std::fputs(text.c_str(), stdout);
        return 0;
    }
    if (auto written = runtime::write_file(options.output, text); !written) return report(written.error());
    if (options.common.progress == Progress::Quiet || options.common.progress == Progress::RawJson) return 0;
    std::size_t cells = 0;
    for (const Target& target : plan->targets) cells += target.cells.size();
    const auto counted = [](std::size_t count, std::string_view what) { return format("{} {}{}", count, what, count == 1 ? "" : "s"); };
    std::fputs(format("{}: {}, {}, {}\n", options.output, counted(plan->targets.size(), "target"), counted(cells, "image"),
                      counted(plan->actions.size(), "action"))
                   .c_str(),
               stderr);
    if (folder_of(options.output) != project->root)
        std::fputs(format("its paths are relative to {}: run it with --root {}\n", quoted(project->root), quoted(project->root)).c_str(),
                   stderr);
    return 0;
}

int run_verb(const RunOptions& options) {
    if (auto moved = change_directory(options.common.directory); !moved) return report(moved.error());
    if (auto forgotten = forget_result_files({options.metadata_file, events_file(options.events)}); !forgotten)
        return report(forgotten.error());
    for (const auto& [flag, file] :
         {std::pair("--metadata-file", options.metadata_file), std::pair("--events", events_file(options.events))})
        if (auto good = check_result_file(flag, file); !good) return report(good.error());
    auto plan = read_plan_file(options.plan);
    if (!plan) return report(plan.error());
    if (auto replaced = replace_outputs(*plan, options.outputs); !replaced) return report(replaced.error());
    Interrupts interrupts;
    const auto store = open_store(options.common);
    if (!store) return report(store.error());
    const std::string root = options.root.empty() ? folder_of(options.plan) : clean_path(std::filesystem::absolute(options.root).string());
    leave_out_events(*plan, root, options.events);
    Surroundings surroundings({root, plan->registries, options.network.offline, {}, options.jobs}, **store, interrupts.stop());
    Remarks remarks(options.common.progress);
    return execute(*plan, surroundings, remarks,
                   {options.common,
                    options.grants,
                    options.jobs,
                    !options.no_cache,
                    {},
                    false,
                    options.metadata_file,
                    {},
                    options.steps_folder,
                    options.events,
                    "run"});
}

int build_verb(const BuildOptions& options) {
    if (options.check || options.call == "check") return check_verb(as_check(options));
    BuildOptions own = options;
    if (own.quiet) own.common.progress = Progress::Quiet;
    return build(std::move(own));
}

}  // namespace mabplan::tools
