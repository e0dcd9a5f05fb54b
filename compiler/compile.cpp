#include "compiler/compile.h"

#include "compiler/dockerfiles.h"
#include "compiler/lower/annotations.h"
#include "compiler/lower/epoch.h"
#include "compiler/lower/outputs.h"
#include "compiler/lower/remote_contexts.h"
#include "compiler/lower/secret_sources.h"
#include "compiler/lower/unsupported.h"
#include "compiler/matrix/read_matrix.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

constexpr std::size_t kMostTargetDepth = 100;

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
        : request_(request),
          contexts_(ports.sources),
          dockerfiles_(ports.files, contexts_),
          ports_{ports.files, ports.images, selections_, contexts_},
          own_(own_files(request)) {}

    Checked<Compiled> run();

private:
    static std::optional<std::int64_t> epoch_of(const Reproducible& reproducible) {
        if (!reproducible.enabled) return std::nullopt;
        return static_cast<std::int64_t>(reproducible.source_date_epoch);
    }
    template <class Use>
    auto with_lowering(const Target& target, const Cell& cell, Use use) -> Checked<typename decltype(use(std::declval<CellLowering&>()))::value_type>;
    Result<StageState> state_of(const std::string& name, const Platform& platform);
    Checked<mabplan::Target> lower_target(const Target& target);
    Result<std::optional<std::int64_t>> choose_epoch();
    Result<std::optional<std::int64_t>> given_epoch(const Cell& cell);
    Result<std::optional<std::int64_t>> remember(Result<std::optional<std::int64_t>> time);
    void note(Errors errors);

    const CompileRequest& request_;
    ContextSelections selections_;
    RemoteContexts contexts_;
    Dockerfiles dockerfiles_;
    LoweringPorts ports_;
    PlanBuilder plan_;
    std::vector<std::string> open_targets_;
    LoweringObserver unobserved_;
    OwnFiles own_;
    std::optional<std::int64_t> remote_epoch_;  // of build arguments that name something remote; they all agree
    Errors left_out_;
    Errors errors_;
};

template <class Use>
auto Compilation::with_lowering(const Target& target, const Cell& cell, Use use)
    -> Checked<typename decltype(use(std::declval<CellLowering&>()))::value_type> {
    if (Errors refused = refuse_unsupported(target, cell); !refused.empty()) return tl::unexpected(std::move(refused));
    if (auto added = add_secret_sources(request_.matrix, cell.build, plan_); !added) return tl::unexpected(Errors{std::move(added).error()});
    auto read = dockerfiles_.read(cell.build);
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
        auto lowered = with_lowering(target, cell, [](CellLowering& lowering) { return lowering.lower(); });
        if (lowered) out.cells.push_back(std::move(*lowered));
        else if (cell.optional) left_out.push_back(lowered.error().front());
        else errors.insert(errors.end(), lowered.error().begin(), lowered.error().end());
    }
    // An optional platform sinks nothing, but a target must have something left.
    if (out.cells.empty()) errors.insert(errors.end(), left_out.begin(), left_out.end());
    if (auto annotated = lower_annotations(target, out); !annotated) errors.push_back(std::move(annotated).error());
    if (!errors.empty()) return tl::unexpected(std::move(errors));
    left_out_.insert(left_out_.end(), left_out.begin(), left_out.end());
    return out;
}

// The time of what is remote, which commands see in place of the word.
Result<std::optional<std::int64_t>> Compilation::remember(Result<std::optional<std::int64_t>> time) {
    if (time) remote_epoch_ = *time;
    return time;
}

// What the build argument of a cell says; nothing if it is not given, or is not for us to know.
Result<std::optional<std::int64_t>> Compilation::given_epoch(const Cell& cell) {
    const auto text = find_setting(cell.build.args, "SOURCE_DATE_EPOCH");
    if (!text) return std::nullopt;
    if (const auto seconds = parse_signed(*text)) return seconds;
    if (*text == "context") {
        if (!is_remote_context(cell.build)) return std::nullopt;
        MABPLAN_TRY(context, contexts_.open(cell.build));
        return remember(contexts_.time(*context));
    }
    MABPLAN_TRY(named, named_source(cell.build, *text));
    if (named) return remember(contexts_.time_of(*named));
    const auto read = dockerfiles_.read(cell.build);
    if (!read || !(*read)->read.errors.empty()) return std::nullopt;  // lowering says what is wrong
    BuildArguments given;
    for (const Setting& setting : cell.build.args) given[setting.name] = setting.value;
    WordRules rules;
    rules.escape = (*read)->read.dockerfile.escape;
    MABPLAN_TRY(epoch, parse_epoch(*text, (*read)->graph, given, rules));
    if (const auto* fetch = std::get_if<FetchAction>(&epoch)) return remember(contexts_.time_of(*fetch));
    if (const auto* git = std::get_if<GitAction>(&epoch)) return remember(contexts_.time_of(*git));
    return std::nullopt;
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
