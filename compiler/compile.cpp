#include "compiler/compile.h"

#include "compiler/dockerfile/frontend.h"
#include "compiler/lower/epoch.h"
#include "compiler/lower/outputs.h"
#include "compiler/lower/remote_contexts.h"
#include "compiler/lower/unsupported.h"
#include "compiler/matrix/read_matrix.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <memory>

namespace mabplan::compiler {

namespace {

constexpr std::size_t kMostTargetDepth = 100;

// A Dockerfile that was read, with its stages pointing into it. One with mistakes is kept as well, without stages.
struct ReadDockerfile {
    std::string path;
    PartialDockerfile read;
    StageGraph graph;
};

std::optional<std::string> find_setting(const Settings& settings, std::string_view name) {
    for (const Setting& setting : settings)
        if (setting.name == name) return setting.value;
    return std::nullopt;
}

Error no_dockerfile(const Build& build, const std::string& path) {
    Error error{ErrorKind::Input, format("there is no Dockerfile {}", quoted(path)), {}, {}, "name it with -f, or `dockerfile:` in mabplan.yaml", {}};
    if (const auto place = build.places.find("dockerfile"); place != build.places.end()) error.place = place->second;
    return error;
}

// The outputs of all targets: each may have been written before.
OwnFiles own_files(const CompileRequest& request) {
    OwnFiles own = request.own;
    for (const Target& target : request.matrix.targets) {
        const auto outputs = lower_outputs(target, Compression::Gzip);
        if (!outputs) continue;  // lowering says what is wrong
        for (const Output& output : *outputs)
            if (!output.destination.empty() && output.destination != "-") own.paths.push_back(output.destination);
    }
    return own;
}

class Compilation {
public:
    Compilation(const CompileRequest& request, const CompilePorts& ports)
        : request_(request), contexts_(ports.sources), ports_{ports.files, ports.images, selections_, contexts_}, own_(own_files(request)) {}

    Checked<Compiled> run();

private:
    static std::optional<std::int64_t> epoch_of(const Reproducible& reproducible) {
        if (!reproducible.enabled) return std::nullopt;
        return static_cast<std::int64_t>(reproducible.source_date_epoch);
    }
    Checked<const ReadDockerfile*> dockerfile_of(const Build& build);
    Checked<const ReadDockerfile*> remote_dockerfile(const Build& build, const std::optional<std::string>& frontend);
    Checked<const ReadDockerfile*> parse(std::string key, std::string path, std::string text, const std::optional<std::string>& frontend);
    template <class Use>
    auto with_lowering(const Target& target, const Cell& cell, Use use) -> Checked<typename decltype(use(std::declval<CellLowering&>()))::value_type>;
    Result<StageState> state_of(const std::string& name, const Platform& platform);
    Checked<mabplan::Target> lower_target(const Target& target);
    Result<std::optional<std::int64_t>> choose_epoch();
    Result<std::optional<std::int64_t>> given_epoch(const Cell& cell);
    Result<std::optional<std::int64_t>> time_of(const Epoch& epoch);
    void note(Errors errors);

    const CompileRequest& request_;
    ContextSelections selections_;
    RemoteContexts contexts_;
    LoweringPorts ports_;
    PlanBuilder plan_;
    std::map<std::string, std::unique_ptr<ReadDockerfile>> dockerfiles_;
    std::vector<std::string> open_targets_;
    LoweringObserver unobserved_;
    OwnFiles own_;
    std::optional<std::int64_t> remote_epoch_;  // of build arguments that name something remote; they all agree
    Errors left_out_;
    Errors errors_;
};

Checked<const ReadDockerfile*> Compilation::parse(std::string key, std::string path, std::string text,
                                                   const std::optional<std::string>& frontend) {
    auto read = std::make_unique<ReadDockerfile>();
    read->path = std::move(path);
    const auto source = std::make_shared<SourceText>(read->path, std::move(text));
    if (auto known = check_frontend(source, frontend); !known) return tl::unexpected(Errors{std::move(known).error()});
    read->read = read_dockerfile(source);
    if (read->read.errors.empty()) {
        auto graph = cut_stages(read->read.dockerfile);
        if (!graph) return tl::unexpected(Errors{graph.error()});
        read->graph = std::move(*graph);
    }
    const ReadDockerfile* result = read.get();
    dockerfiles_[std::move(key)] = std::move(read);
    return result;
}

Checked<const ReadDockerfile*> Compilation::dockerfile_of(const Build& build) {
    const std::optional<std::string> frontend = find_setting(build.args, "BUILDKIT_SYNTAX");
    if (build.dockerfile_inline) {
        std::string key = "\n" + *build.dockerfile_inline;
        if (const auto found = dockerfiles_.find(key); found != dockerfiles_.end()) return found->second.get();
        return parse(std::move(key), "dockerfile_inline", *build.dockerfile_inline, frontend);
    }
    if (is_remote_context(build) && !build.dockerfile.starts_with('/')) return remote_dockerfile(build, frontend);
    const std::string path = is_remote_context(build) ? clean_path(build.dockerfile) : join_path(build.context.location, build.dockerfile);
    if (const auto found = dockerfiles_.find(path); found != dockerfiles_.end()) return found->second.get();
    auto text = ports_.files.read_text({}, path);
    if (!text) return tl::unexpected(Errors{text.error()});
    if (!*text) return tl::unexpected(Errors{no_dockerfile(build, path)});
    return parse(path, path, std::move(**text), frontend);
}

// A URL that gives no archive gives the Dockerfile itself.
Checked<const ReadDockerfile*> Compilation::remote_dockerfile(const Build& build, const std::optional<std::string>& frontend) {
    const auto context = contexts_.open(build);
    if (!context) return tl::unexpected(Errors{context.error()});
    const auto* fetched = std::get_if<FetchAction>(&(*context)->source);
    const std::string path = fetched != nullptr && !(*context)->is_archive ? fetched->name : join_path("/", build.dockerfile).substr(1);
    const std::string shown = format("{}/{}", (*context)->shown, path);
    if (const auto found = dockerfiles_.find(shown); found != dockerfiles_.end()) return found->second.get();
    auto text = contexts_.read_text(**context, path);
    if (!text) return tl::unexpected(Errors{text.error()});
    if (!*text) return tl::unexpected(Errors{no_dockerfile(build, shown)});
    return parse(shown, shown, std::move(**text), frontend);
}

template <class Use>
auto Compilation::with_lowering(const Target& target, const Cell& cell, Use use)
    -> Checked<typename decltype(use(std::declval<CellLowering&>()))::value_type> {
    if (Errors refused = refuse_unsupported(target, cell); !refused.empty()) return tl::unexpected(std::move(refused));
    auto read = dockerfile_of(cell.build);
    if (!read) return tl::unexpected(read.error());
    const PartialDockerfile& text = (*read)->read;
    if (request_.on_dockerfile) request_.on_dockerfile(text, cell.build);
    if (!text.errors.empty()) return tl::unexpected(text.errors);
    const CellInput input{target,
                          cell,
                          (*read)->graph,
                          text.dockerfile,
                          (*read)->path,
                          request_.host,
                          [this](const std::string& name, const Platform& platform) { return state_of(name, platform); },
                          request_.mode,
                          request_.observer != nullptr ? *request_.observer : unobserved_,
                          own_,
                          remote_epoch_};
    CellLowering lowering(input, ports_, plan_);
    auto lowered = use(lowering);
    if (!lowered) return tl::unexpected(Errors{std::move(lowered).error()});
    return std::move(*lowered);
}

Result<StageState> Compilation::state_of(const std::string& name, const Platform& platform) {
    const Target* target = find_target(request_.matrix, name);
    if (target == nullptr) return input_error(format("there is no target {}", quoted(name)));
    if (open_targets_.size() >= kMostTargetDepth || std::find(open_targets_.begin(), open_targets_.end(), name) != open_targets_.end())
        return input_error(target->place, format("the target {} is built from itself: its `target:` contexts form a circle", quoted(name)));
    for (const auto* cells : {&target->cells, &target->needed_cells}) {
        const auto cell = std::find_if(cells->begin(), cells->end(), [&](const Cell& candidate) { return candidate.platform == platform; });
        if (cell == cells->end()) continue;
        open_targets_.push_back(name);
        auto state = with_lowering(*target, *cell, [](CellLowering& lowering) { return lowering.lower_stage_state(); });
        open_targets_.pop_back();
        if (!state) return fail(state.error().front());
        return std::move(*state);
    }
    return input_error(target->place, format("the target {} is not built for {}", quoted(name), format_platform(platform)));
}

void Compilation::note(Errors errors) {
    for (Error& error : errors) {
        const std::string text = format_error(error);
        const bool known = std::any_of(errors_.begin(), errors_.end(), [&](const Error& other) { return format_error(other) == text; });
        if (!known) errors_.push_back(std::move(error));
    }
}

Checked<mabplan::Target> Compilation::lower_target(const Target& target) {
    mabplan::Target out;
    out.name = target.name;
    auto outputs = lower_outputs(target, request_.matrix.reproducible.compression);
    if (!outputs) return tl::unexpected(Errors{outputs.error()});
    out.outputs = std::move(*outputs);
    auto tags = lower_tags(target);
    if (!tags) return tl::unexpected(Errors{tags.error()});
    out.tags = std::move(*tags);
    Errors errors, left_out;
    for (const Cell& cell : target.cells) {
        for (const Setting& annotation : cell.build.annotations) out.annotations[annotation.name] = annotation.value;
        auto lowered = with_lowering(target, cell, [](CellLowering& lowering) { return lowering.lower(); });
        if (lowered) out.cells.push_back(std::move(*lowered));
        else if (cell.optional) left_out.push_back(lowered.error().front());
        else errors.insert(errors.end(), lowered.error().begin(), lowered.error().end());
    }
    // An optional platform sinks nothing, but a target must have something left.
    if (out.cells.empty()) errors.insert(errors.end(), left_out.begin(), left_out.end());
    if (!errors.empty()) return tl::unexpected(std::move(errors));
    left_out_.insert(left_out_.end(), left_out.begin(), left_out.end());
    return out;
}

Result<std::optional<std::int64_t>> Compilation::time_of(const Epoch& epoch) {
    if (const auto* fetch = std::get_if<FetchAction>(&epoch)) return contexts_.time_of(*fetch);
    if (const auto* git = std::get_if<GitAction>(&epoch)) return contexts_.time_of(*git);
    return std::nullopt;
}

// What the build argument of a cell says; nothing if it is not given, or is not for us to know.
Result<std::optional<std::int64_t>> Compilation::given_epoch(const Cell& cell) {
    const auto text = find_setting(cell.build.args, "SOURCE_DATE_EPOCH");
    if (!text) return std::nullopt;
    if (const auto seconds = parse_signed(*text)) return seconds;
    if (*text == "context") {
        if (!is_remote_context(cell.build)) return std::nullopt;
        MABPLAN_TRY(context, contexts_.open(cell.build));
        MABPLAN_TRY(time, contexts_.time(*context));
        remote_epoch_ = time;
        return time;
    }
    if (const auto named = named_source(cell.build, *text); !named) return pass(named.error());
    else if (*named) {
        MABPLAN_TRY(time, contexts_.time_of(**named));
        remote_epoch_ = time;
        return time;
    }
    const auto read = dockerfile_of(cell.build);
    if (!read || !(*read)->read.errors.empty()) return std::nullopt;  // lowering says what is wrong
    BuildArguments given;
    for (const Setting& setting : cell.build.args) given[setting.name] = setting.value;
    WordRules rules;
    rules.escape = (*read)->read.dockerfile.escape;
    MABPLAN_TRY(epoch, parse_epoch(*text, (*read)->graph, given, rules));
    MABPLAN_TRY(time, time_of(epoch));
    if (time) remote_epoch_ = time;
    return time;
}

// That of the matrix, or what all cells that give the build argument SOURCE_DATE_EPOCH agree on: a plan has one.
Result<std::optional<std::int64_t>> Compilation::choose_epoch() {
    std::optional<std::int64_t> epoch = epoch_of(request_.matrix.reproducible);
    std::optional<std::int64_t> given;
    for (const Target* target : request_.targets) {
        for (const Cell& cell : target->cells) {
            auto read = given_epoch(cell);
            if (!read) return pass(read.error().place ? std::move(read).error() : std::move(read).error().at(target->place));
            const std::optional<std::int64_t>& seconds = *read;
            if (!seconds) continue;
            if (given && given != seconds)
                return input_error(target->place, format("SOURCE_DATE_EPOCH is {} here and {} elsewhere", *seconds, *given), "one plan has one epoch: compile these targets apart");
            given = seconds;
        }
    }
    return given && epoch ? given : epoch;
}

Checked<Compiled> Compilation::run() {
    auto epoch = choose_epoch();
    if (!epoch) return tl::unexpected(Errors{std::move(epoch).error()});
    plan_.set_epoch(*epoch);
    if (auto registries = lower_registries(request_.matrix); !registries) note({registries.error()});
    else
        for (RegistryHost& host : *registries) plan_.add_registry(std::move(host));
    for (const Target* target : request_.targets) {
        open_targets_ = {target->name};
        auto lowered = lower_target(*target);
        if (lowered) plan_.add_target(std::move(*lowered));
        else note(std::move(lowered).error());
    }
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    return Compiled{plan_.finish(), request_.matrix.warnings, std::move(left_out_)};
}

}  // namespace

Checked<Compiled> compile(const CompileRequest& request, const CompilePorts& ports) { return Compilation(request, ports).run(); }

}  // namespace mabplan::compiler
