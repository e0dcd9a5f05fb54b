// What verbs there are, and their flags.
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "tools/mabplan/command_parser.h"

#include <limits>
#include <map>
#include <utility>

namespace mabplan::tools {

namespace {

constexpr const char* kVersion = "mabplan 0.1.0";
constexpr const char* kProgressHelp =
    "How a run is shown. auto: tty where standard error is a terminal, else plain. tty: what runs, at the bottom of a terminal (plain, "
    "where "
    "there is none, or a dumb one). plain: lines. quiet: warnings and errors alone. rawjson: the lines of --events, on standard error "
    "(default: $MABPLAN_PROGRESS, else $BUILDKIT_PROGRESS, else auto)";
const std::map<std::string, CheckFormat> kCheckFormats{
    {"text", CheckFormat::Text}, {"json", CheckFormat::Json}, {"sarif", CheckFormat::Sarif}, {"github", CheckFormat::GitHub}};
const CLI::Validator kCount(
    [](const std::string& text) {
        const auto number = parse_unsigned(text);
        const bool good = number && *number > 0 && *number <= static_cast<std::uint64_t>(std::numeric_limits<int>::max());
        return good ? std::string() : format("{} is no number of steps: expected 1 or more", mabplan::quoted(text));
    },
    "");
const CLI::Validator kPullWords(
    [](const std::string& text) {
        for (const std::string_view known : {"true", "false", "always", "newer", "ifnewer", "missing", "never"})
            if (text == known) return std::string();
        return format("{} is no way to pull: expected always, newer, missing or never", mabplan::quoted(text));
    },
    "");
constexpr const char* kSaveSteps = "Write each command that is executed to a file in this folder, for `mabplan step run`";
constexpr const char* kOutputForm =
    "type=oci|docker|local|tar|cacheonly,dest=PATH[,tar=false][,compression=gzip|zstd|uncompressed][,platform-split=true|false]; "
    "type=image|registry[,name=REF][,push=true|false][,push-by-digest=true][,registry.insecure=true]; a plain PATH is type=local, "
    "- a tar on standard output";
constexpr const char* kEventsWords = "Write what happens to this file while it happens, as lines of JSON (- is standard output)";
const std::map<std::string, ErrorOn> kErrorOn{{"warning", ErrorOn::Warning}, {"error", ErrorOn::Error}, {"never", ErrorOn::Never}};

}  // namespace

CLI::App* CommandParser::verb(CLI::App& parent, const std::string& name, const std::string& about, std::function<Invocation()> chosen) {
    CLI::App* app = parent.add_subcommand(name, about);
    app->callback([this, chosen = std::move(chosen)] { chosen_ = chosen; });
    return app;
}

void CommandParser::add_common(CLI::App& app, CommonOptions& options, ShortVerbose verbose) {
    app.add_option("-C,--directory", options.directory, "Work as if started in this folder");
    app.add_option("--cache-dir", options.store,
                   "The store (default: $MABPLAN_CACHE_DIR, else $XDG_CACHE_HOME/mabplan, else ~/.cache/mabplan)");
    app.add_option_function<std::string>(
           "--progress", [&options](const std::string& text) { options.asked_progress = parse_progress(text); }, kProgressHelp)
        ->check(CLI::IsMember(progress_words()));
    app.add_flag_callback(
        verbose == ShortVerbose::Free ? "-v,--verbose" : "--verbose", [&options] { options.detail = Detail::Verbose; },
        "Say more: what noise was left out of layers");
}

void CommandParser::add_network(CLI::App& app, NetworkOptions& options) {
    app.add_flag("--offline", options.offline, "Fetch nothing from the network");
}

void CommandParser::add_registry(CLI::App& app, NetworkOptions& options) {
    add_network(app, options);
    app.add_flag("--insecure", options.insecure, "Take any certificate of registries, and plain http where https is not spoken");
}

void CommandParser::add_grants(CLI::App& app, GrantOptions& options) {
    app.add_option("--secret", options.secrets,
                   "id=ID,src=FILE or id=ID,env=VARIABLE: the value for RUN --mount=type=secret; may be repeated")
        ->allow_extra_args(false);
    app.add_option("--ssh", options.agents,
                   "default or ID[=SOCKET|KEYFILE,…]: the agent or the keys for RUN --mount=type=ssh (default: the agent of "
                   "$SSH_AUTH_SOCK); may be repeated")
        ->allow_extra_args(false);
    app.add_option("--allow", options.allowed,
                   "security.insecure: RUN --security=insecure may have all capabilities; device[=NAME]: RUN --device may have devices of "
                   "this host")
        ->delimiter(',')
        ->allow_extra_args(false);
}

void CommandParser::add_layer_limit(CLI::App& app, GrantOptions& options) {
    app.add_option("--max-layer-size", options.max_layer_size,
                   "What one layer of a base image, or one archive of ADD, may unpack to (default: 256GiB)");
}

void CommandParser::add_compile() {
    CLI::App* app = verb(app_, "compile", "Lower mabplan.yaml and its Dockerfiles to a plan", [this] { return Invocation(compile_); });
    add_common(*app, compile_.common);
    add_network(*app, compile_.network);
    app->add_option("targets", compile_.targets, "Targets or groups (default: the group `default`, else all)");
    app->add_option("-f,--file", compile_.file, "The matrix file (default: mabplan.yaml, mabplan.yml, then ./Dockerfile)");
    app->add_option("-o,--output", compile_.output, "Where the plan is written")->capture_default_str();
    app->add_option("--platform", compile_.platforms, "Only these platforms")->delimiter(',')->allow_extra_args(false);
    app->add_flag("--print", compile_.print, "Write the plan to standard output, and nowhere else");
}

void CommandParser::add_run() {
    CLI::App* app = verb(app_, "run", "Execute a plan: only what changed", [this] { return Invocation(run_); });
    add_common(*app, run_.common);
    add_network(*app, run_.network);
    add_grants(*app, run_.grants);
    add_layer_limit(*app, run_.grants);
    app->add_option("plan", run_.plan, "The plan")->capture_default_str();
    app->add_option("--root", run_.root, "The folder that the plan's paths are relative to (default: the plan's)");
    app->add_option("-j,--jobs", run_.jobs, "Steps at a time (default: the number of processors)")->check(kCount);
    app->add_option("--save-steps", run_.steps_folder, kSaveSteps);
    app->add_flag("--no-cache", run_.no_cache, "Execute everything again");
    app->add_option("-o,--output", run_.outputs, std::string("Outputs instead of the plan's: ") + kOutputForm)->allow_extra_args(false);
    app->add_option("--metadata-file", run_.metadata_file, "Write the result's digests to this file, as JSON");
    app->add_option("--events", run_.events, kEventsWords);
    app->add_flag("--json", run_.common.json, "Write the result to standard output as JSON");
}

void CommandParser::add_build() {
    CLI::App* app =
        verb(app_, "build", "Compile and run one Dockerfile, with the flags of docker buildx build", [this] { return Invocation(build_); });
    add_common(*app, build_.common);
    add_network(*app, build_.network);
    add_grants(*app, build_.grants);
    add_layer_limit(*app, build_.grants);
    app->add_option(
           "context", build_.context,
           "The build context: a folder, a git address, the URL of an archive or of a Dockerfile, or - for one of these on standard input")
        ->capture_default_str();
    app->add_option(
        "-f,--file", build_.file,
        "The Dockerfile (default: CONTEXT/Dockerfile), - for standard input, or a URL; a relative path is one of a remote context's files");
    app->add_option("-t,--tag", build_.tags, "Name and tag; may be repeated")->allow_extra_args(false);
    app->add_option("--platform", build_.platforms,
                    "Platforms, separated by commas; local is this host's (default: that of the last stage)")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->envname("DOCKER_DEFAULT_PLATFORM");
    app->add_option("--target", build_.target, "The stage to build");
    app->add_option("--build-arg", build_.build_args, "NAME=value, or NAME for the environment's value")->allow_extra_args(false);
    app->add_option("--build-context", build_.build_contexts,
                    "name=PATH, name=oci-layout://DIR[:TAG|@DIGEST], name=docker-image://REF, name=GIT-ADDRESS or name=URL")
        ->allow_extra_args(false);
    app->add_option("--label", build_.labels, "NAME=value in the image's configuration")->allow_extra_args(false);
    app->add_option("--annotation", build_.annotations,
                    "[TYPE[[PLATFORM]],…:]KEY=VALUE; TYPE: manifest (the default), manifest-descriptor, index, index-descriptor")
        ->allow_extra_args(false);
    app->add_option("-o,--output", build_.outputs, kOutputForm)->allow_extra_args(false);
    app->add_option("--network", build_.network_mode, "Network of RUN: default, none or host");
    app->add_option("--add-host", build_.extra_hosts, "NAME:ADDRESS for /etc/hosts of RUN; may be repeated")->allow_extra_args(false);
    app->add_option("--ulimit", build_.ulimits, "NAME=SOFT[:HARD] for RUN; may be repeated")->allow_extra_args(false);
    app->add_option("--shm-size", build_.shm_size, "Size of /dev/shm of RUN (default: 64m)");
    app->add_option("--reproducible", build_.reproducible, "on: times are clamped; off: as docker does")
        ->check(CLI::IsMember({"on", "off"}));
    app->add_option("--iidfile", build_.iid_file, "Write the digest of the result to this file");
    app->add_option("--metadata-file", build_.metadata_file, "Write the result's digests to this file, as JSON");
    app->add_option("--events", build_.events, kEventsWords);
    app->add_option("-j,--jobs", build_.jobs, "Steps at a time (default: the number of processors)")->check(kCount);
    app->add_option("--save-steps", build_.steps_folder, kSaveSteps);
    app->add_flag("--no-cache", build_.no_cache, "Execute everything again");
    app->add_flag("--pull", build_.pull, "Ask registries for base images, also where the store has images of their names")
        ->check(kPullWords);
    app->add_option("--no-cache-filter", build_.fresh_stages, "Execute everything again in these stages, separated by commas")
        ->delimiter(',')
        ->allow_extra_args(false);
    app->add_option("--cache-from", build_.cache_from, "Taken for docker's sake: the store is the cache (--cache-dir)")
        ->allow_extra_args(false);
    app->add_option("--cache-to", build_.cache_to, "Taken for docker's sake: the store is the cache (--cache-dir)")
        ->allow_extra_args(false);
    app->add_flag("--check", build_.check, "Look for mistakes, as `check` does, and build nothing");
    app->add_option("--call", build_.call, "build, or check: the same as --check")->check(CLI::IsMember({"build", "check"}));
    app->add_flag("--push", build_.push, "Push the result to the registries of its tags: -o type=registry");
    app->add_flag("--load", build_.load, "Load the result into docker or podman, the image for this host: -o type=docker");
    app->add_flag("-q,--quiet", build_.quiet, "Print the digest of the result alone, and warnings");
    app->add_flag("--json", build_.common.json, "Write the result to standard output as JSON");
}

void CommandParser::add_check() {
    CLI::App* app =
        verb(app_, "check", "Look for mistakes in Dockerfiles by the rules of docker build --check and some more; build nothing",
             [this] { return Invocation(check_); });
    add_common(*app, check_.common);
    add_network(*app, check_.network);
    app->add_option(
        "words", check_.words,
        "Targets or groups of mabplan.yaml (default: the group `default`, else all); without such a file, the build context (default: .)");
    app->add_option("-f,--file", check_.file,
                    "A matrix file (.yaml) or a Dockerfile (default: mabplan.yaml, mabplan.yml, then CONTEXT/Dockerfile)");
    app->add_option("--platform", check_.platforms, "Only these platforms; for a Dockerfile, those it is to be built for")
        ->delimiter(',')
        ->allow_extra_args(false);
    app->add_option("--target", check_.target, "The stage of the Dockerfile that is to be built; the others are looked at too");
    app->add_option("--build-arg", check_.build_args,
                    "NAME=value for a Dockerfile; BUILDKIT_DOCKERFILE_CHECK=… replaces its `# check=` line")
        ->allow_extra_args(false);
    app->add_option("--build-context", check_.build_contexts, "name=WHERE for a Dockerfile, as of build")->allow_extra_args(false);
    app->add_option_function<std::string>(
           "--format", [this](const std::string& text) { check_.format = kCheckFormats.at(text); },
           "text, json, sarif (2.1.0) or github (workflow commands)")
        ->check(CLI::IsMember({"text", "json", "sarif", "github"}));
    app->add_option_function<std::string>(
           "--error-on", [this](const std::string& text) { check_.error_on = kErrorOn.at(text); },
           "What to end with 2 for: warning (any finding), error (errors and findings in files with error=true; the default) or never")
        ->check(CLI::IsMember({"warning", "error", "never"}));
    app->add_flag_callback(
        "--json", [this] { check_.format = CheckFormat::Json; }, "The same as --format json");
}

void CommandParser::add_step() {
    CLI::App* group = app_.add_subcommand("step", "Look at single commands of a build");
    group->require_subcommand(1);
    CLI::App* run =
        verb(*group, "run", "Run one command again, alone, from a file that --save-steps wrote", [this] { return Invocation(step_run_); });
    add_common(*run, step_run_.common);
    add_grants(*run, step_run_.grants);
    run->add_option("file", step_run_.file, "The step; the store must hold the layers that it names")->required();
    run->add_flag("--json", step_run_.common.json, "Write the result to standard output as JSON");
    run->footer(
        "Prints the diff_id of the layer that the command made. Ends with the command's own exit code; with mabplan's where it could not "
        "be run.");
}

void CommandParser::add_cache() {
    CLI::App* group = app_.add_subcommand("cache", "Look into the store, and look after it");
    group->require_subcommand(1);
    CLI::App* list = verb(*group, "ls", "What is cached: one line for each result", [this] { return Invocation(cache_list_); });
    add_common(*list, cache_list_.common);
    list->add_option("--filter", cache_list_.filters,
                     "Only what is so: kind=run|copy|mount|…, target=, stage=, platform=, until=48h (not used for so long), since=48h, "
                     "larger=100MB, smaller=, inuse=true; may be repeated")
        ->allow_extra_args(false);
    list->add_flag("--json", cache_list_.common.json, "As JSON");
    CLI::App* show = verb(*group, "show", "All that is known of one result or layer: inputs, outputs, times, what its command said",
                          [this] { return Invocation(cache_show_); });
    add_common(*show, cache_show_.common);
    show->add_option("key", cache_show_.key, "The start of a key or of a digest")->required();
    show->add_flag("--json", cache_show_.common.json, "As JSON");
    CLI::App* usage =
        verb(*group, "du", "How much the store holds, by kind, target and platform", [this] { return Invocation(cache_usage_); });
    add_common(*usage, cache_usage_.common);
    usage->add_flag("--json", cache_usage_.common.json, "As JSON");
    CLI::App* prune = verb(*group, "prune", "Remove what was not used for longest; without a limit, everything but images with a name",
                           [this] { return Invocation(cache_prune_); });
    add_common(*prune, cache_prune_.common);
    prune->add_flag("-a,--all", cache_prune_.all, "Images with a name as well");
    prune->add_option("--max-used-space", cache_prune_.max_used_space, "Remove until the store is at most this large: 20GB");
    prune->add_option("--keep-duration", cache_prune_.keep_duration, "Keep what was used within this time: 48h, 7d");
    prune->add_option("--keep-storage", cache_prune_.max_used_space, "The same, as docker builder prune has it");
    prune->add_option("--min-free-space", cache_prune_.min_free_space, "Remove until the disk has so much free: 10GB");
    prune->add_option("--filter", cache_prune_.filters, "until=48h, kind=blob|layer|mount; may be repeated")->allow_extra_args(false);
    prune->add_flag("--dry-run", cache_prune_.dry_run, "Say how much would go, and remove nothing");
    prune->add_flag("-f,--force", cache_prune_.force, "Do not ask; needed without a terminal where everything is removed");
    prune->add_flag("--json", cache_prune_.common.json, "As JSON");
    CLI::App* verify =
        verb(*group, "verify", "Compare all that the store holds with what it should be; ends with 5 if something is damaged",
             [this] { return Invocation(cache_verify_); });
    add_common(*verify, cache_verify_.common);
    verify->add_flag("--repair", cache_verify_.repair, "Take out what is damaged: it is made or fetched again when it is needed");
    verify->add_flag("--json", cache_verify_.common.json, "As JSON");
    add_cache_exchange(*group);
    add_cache_mounts(*group);
}

void CommandParser::add_cache_exchange(CLI::App& group) {
    CLI::App* to = verb(group, "export", "Results, layers and bases as a folder or a tar, for another machine or the cache of a CI",
                        [this] { return Invocation(cache_export_); });
    add_common(*to, cache_export_.common);
    to->add_option("place", cache_export_.place,
                   "A folder (one that holds an export is brought up to date), FILE.tar, or - for a tar on standard output")
        ->required();
    to->add_option("--plan", cache_export_.plan, "Only what this plan needs");
    to->add_flag("--mounts", cache_export_.mounts, "Cache mounts as well");
    to->add_flag("--json", cache_export_.common.json, "As JSON");
    CLI::App* from = verb(group, "import", "Take in what `cache export` has written; every byte is verified",
                          [this] { return Invocation(cache_import_); });
    add_common(*from, cache_import_.common);
    from->add_option("place", cache_import_.place, "The folder, the tar, or - for a tar on standard input")->required();
    from->add_flag("--json", cache_import_.common.json, "As JSON");
}

void CommandParser::add_cache_mounts(CLI::App& group) {
    CLI::App* mounts = group.add_subcommand("mounts", "Cache mounts: what commands keep for the next time");
    mounts->require_subcommand(1);
    const auto add = [&](const std::string& name, const std::string& about, CacheMountOptions::What what) {
        CLI::App* app = verb(*mounts, name, about, [this, what] {
            cache_mounts_.what = what;
            return Invocation(cache_mounts_);
        });
        add_common(*app, cache_mounts_.common);
        app->add_option("--filter", cache_mounts_.filters, "As `cache ls` has it; may be repeated")->allow_extra_args(false);
        app->add_flag("--json", cache_mounts_.common.json, "As JSON");
        return app;
    };
    add("ls", "List them, the last used first", CacheMountOptions::What::List);
    const char* names = "Starts of names as `ls` shows them, or ids";
    add("show", "How large they are, and what lies in them", CacheMountOptions::What::Show)
        ->add_option("mounts", cache_mounts_.mounts, names);
    CLI::App* remove = add("rm", "Remove those that no build uses now", CacheMountOptions::What::Remove);
    remove->add_option("mounts", cache_mounts_.mounts, names);
    remove->add_flag("-a,--all", cache_mounts_.all, "All of them");
}

void CommandParser::add_history() {
    CLI::App* group = app_.add_subcommand("history", "What runs did: the last 200 are kept in the store");
    group->require_subcommand(1);
    const auto add = [&](const std::string& name, const std::string& about, HistoryOptions::What what) {
        CLI::App* app = verb(*group, name, about, [this, what] {
            history_.what = what;
            return Invocation(history_);
        });
        add_common(*app, history_.common);
        app->add_flag("--json", history_.common.json, "As JSON");
        return app;
    };
    add("ls", "List them, the latest first", HistoryOptions::What::List);
    const char* one = "The start of its name; the latest if there is none";
    add("show", "What a run executed, wrote and warned of, and what failed", HistoryOptions::What::Show)
        ->add_option("run", history_.runs, one)
        ->expected(0, 1);
    add("logs", "What the commands of a run printed", HistoryOptions::What::Logs)->add_option("run", history_.runs, one)->expected(0, 1);
    CLI::App* remove = add("rm", "Forget runs", HistoryOptions::What::Remove);
    remove->add_option("runs", history_.runs, "Starts of their names");
    remove->add_flag("-a,--all", history_.all, "All but those that go on");
}

void CommandParser::add_doctor() {
    CLI::App* app =
        verb(app_, "doctor", "What this host can do, tried out, and what mends each lack", [this] { return Invocation(doctor_); });
    add_common(*app, doctor_.common);
    app->add_flag("--json", doctor_.common.json, "As JSON");
}

void CommandParser::add_dump() {
    CLI::App* group = app_.add_subcommand("dump", "Show what is read in a file, before anything is resolved");
    group->require_subcommand(1);
    const auto add = [&](const std::string& name, const std::string& about, DumpWhat what, const std::string& file) {
        CLI::App* app = verb(*group, name, about, [this, what] {
            dump_.what = what;
            return Invocation(dump_);
        });
        app->add_option("file", dump_.file, file)->required();
        app->add_flag("--json", dump_.common.json, "As JSON");
        return app;
    };
    add("ast", "The instructions of a Dockerfile", DumpWhat::Ast, "A Dockerfile");
    add("stages", "The stages of a Dockerfile, and which need which", DumpWhat::Stages, "A Dockerfile");
    add("ignore", "The patterns of an ignore file", DumpWhat::Ignore, "An ignore file")
        ->add_option("paths", dump_.paths, "Paths: does the file exclude them?");
}

void CommandParser::add_help() {
    CLI::App* app = verb(app_, "help", "Show help: of a command, or on reproducibility", [] { return Invocation(TextAnswer{}); });
    app->add_option("words", help_words_, "A command (image run), or a topic: reproducibility");
    help_ = app;
}

CommandParser::CommandParser() {
    app_.name("mabplan");
    app_.require_subcommand(1);
    app_.set_version_flag("--version", kVersion);
    add_compile();
    add_run();
    add_build();
    add_check();
    add_image();
    add_login();
    add_step();
    add_cache();
    add_history();
    add_doctor();
    add_dump();
    add_help();
}

}  // namespace mabplan::tools
