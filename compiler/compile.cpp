#include "compiler/compile.h"

#include "compiler/dockerfiles.h"
#include "compiler/lower/annotations.h"
#include "compiler/lower/arguments.h"
#include "compiler/lower/epoch.h"
#include "compiler/lower/layer_times.h"
#include "compiler/lower/outputs.h"
#include "compiler/lower/remote_contexts.h"
#include "compiler/lower/secret_sources.h"
#include "compiler/lower/unsupported.h"
#include "compiler/lower/unused_inputs.h"
#include "compiler/matrix/read_matrix.h"
#include "plans/base/format.h"
#include "plans/base/layer_time_range.h"
#include "plans/base/text.h"

#include <algorithm>
#include <set>

namespace mabplan::compiler {

namespace {

constexpr std::size_t kMostTargetDepth = 100;
constexpr const char* kEpochArgument = "SOURCE_DATE_EPOCH";

mabplan::Noise noise_of(const Reproducible& reproducible) {
    return reproducible.enabled && reproducible.noise == Noise::Drop ? mabplan::Noise::Drop : mabplan::Noise::Keep;
}

// A target that flags stand for has no place.
Error at_target(Error error, const Target& target) {
    return error.place || !target.place.text ? std::move(error) : std::move(error).at(target.place);
}

const Instruction* find_argument(const std::vector<const Instruction*>& lines, std::string_view name) {
    for (const Instruction* line : lines)
        if (const Arg* arg = std::get_if<Arg>(&line->body))
            for (const ArgDefinition& definition : arg->definitions)
                if (definition.name == name) return line;
    return nullptr;
}

// The outputs of all targets: each may have been written before.
OwnFiles own_files(const CompileRequest& request) {
    OwnFiles own = request.own;
    for (const Target& target : request.matrix.targets) {
        const auto outputs = lower_outputs(target, Compression::Gzip);
        if (!outputs) continue;  // lowering says what is wrong
        for (const Output& output : *outputs)
            if (std::string path = destination_of(output); !path.empty() && path != "-") own.paths.push_back(std::move(path));
    }
    return own;
}

class Compilation {
public:
    Compilation(const CompileRequest& request, const CompilePorts& ports)
        : request_(request),
          contexts_(ports.sources),
          dockerfiles_(ports.files, contexts_, remarks_),
          ignores_(ports.files, remarks_),
          ports_{ports.files, ports.images, selections_, contexts_, ignores_, remarks_},
          own_(own_files(request)) {}

    Checked<Compiled> run();

private:
    template <class Use>
    auto with_lowering(const Target& target, const Cell& cell, Use use)
        -> Checked<typename decltype(use(std::declval<CellLowering&>()))::value_type>;
    Result<StageState> state_of(const std::string& name, const Platform& platform);
    Checked<mabplan::Target> lower_target(const Target& target);
    Result<CellEpoch> epoch_of(const Target& target, const Cell& cell);
    Result<CellEpoch> epoch_argument(const Target& target, const Cell& cell);
    Result<std::optional<std::int64_t>> time_of_word(const Cell& cell, const std::string& word, const StageGraph& graph,
                                                     const BuildArguments& given, const WordRules& rules);
    void note(Errors errors);

    const CompileRequest& request_;
    Remarks remarks_;
    ContextSelections selections_;
    RemoteContexts contexts_;
    Dockerfiles dockerfiles_;
    IgnoreFiles ignores_;
    LoweringPorts ports_;
    PlanBuilder plan_;
    std::vector<std::string> open_targets_;
    LoweringObserver unobserved_;
    OwnFiles own_;
    UnusedInputs unused_;
    Errors left_out_;
    Errors errors_;
    std::set<std::string> noted_;  // as they are shown: platforms share their mistakes
};

template <class Use>
auto Compilation::with_lowering(const Target& target, const Cell& cell, Use use)
    -> Checked<typename decltype(use(std::declval<CellLowering&>()))::value_type> {
    if (Errors refused = refuse_unsupported(target, cell); !refused.empty()) return tl::unexpected(std::move(refused));
    if (auto added = add_secret_sources(request_.matrix, cell.build, plan_); !added)
        return tl::unexpected(Errors{std::move(added).error()});
    auto read = dockerfiles_.read(cell.build);
    if (!read) return tl::unexpected(read.error());
    const PartialDockerfile& text = (*read)->read;
    if (request_.on_dockerfile) request_.on_dockerfile(text, cell.build);
    if (!text.errors.empty()) return tl::unexpected(text.errors);
    auto epoch = epoch_of(target, cell);
    if (!epoch) return tl::unexpected(Errors{std::move(epoch).error()});
    const CellInput input{target,
                          cell,
                          (*read)->graph,
                          text.dockerfile,
                          (*read)->path,
                          (*read)->home,
                          request_.host,
                          [this](const std::string& name, const Platform& platform) { return state_of(name, platform); },
                          request_.mode,
                          request_.observer != nullptr ? *request_.observer : unobserved_,
                          own_,
                          *epoch,
                          noise_of(request_.matrix.reproducible)};
    CellLowering lowering(input, ports_, plan_);
    const auto outer = plan_.set_epoch(plan_.keeps_times() ? std::nullopt : epoch->seconds);
    auto lowered = use(lowering);
    plan_.set_epoch(outer);
    unused_.look_at(target, cell, (*read)->graph, lowering.triggers());
    if (!lowered) return tl::unexpected(std::move(lowered).error());
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
        if (state) return std::move(*state);
        Errors errors = std::move(state).error();
        Error first = std::move(errors.front());
        errors.erase(errors.begin());
        note(std::move(errors));
        return fail(std::move(first));
    }
    return input_error(target->place, format("the target {} is not built for {}", quoted(name), format_platform(platform)));
}

void Compilation::note(Errors errors) {
    for (Error& error : errors)
        if (noted_.insert(format_error(error)).second) errors_.push_back(std::move(error));
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

// The time of what SOURCE_DATE_EPOCH names: the commit of the build context, a named context, a stage that is only a source. Nothing if
// nobody knows it.
Result<std::optional<std::int64_t>> Compilation::time_of_word(const Cell& cell, const std::string& word, const StageGraph& graph,
                                                              const BuildArguments& given, const WordRules& rules) {
    if (word == "context") {
        if (!is_remote_context(cell.build)) return std::nullopt;
        MABPLAN_TRY(context, contexts_.open(cell.build));
        return contexts_.time(*context);
    }
    MABPLAN_TRY(named, named_source(cell.build, word));
    if (named) return contexts_.time_of(*named);
    MABPLAN_TRY(epoch, parse_epoch(word, graph, given, rules));
    if (const auto* fetch = std::get_if<FetchAction>(&epoch)) return contexts_.time_of(*fetch);
    if (const auto* git = std::get_if<GitAction>(&epoch)) return contexts_.time_of(*git);
    return std::nullopt;
}

// What the build argument says, else the ARG of this name before the first FROM.
Result<CellEpoch> Compilation::epoch_argument(const Target& target, const Cell& cell) {
    const auto argument = find_setting(cell.build.args, kEpochArgument);
    const auto read = dockerfiles_.read(cell.build);
    if (!read || !(*read)->read.errors.empty()) return CellEpoch{};  // lowering says what is wrong
    BuildArguments given;
    for (const Setting& setting : cell.build.args) given[setting.name] = setting.value;
    WordRules rules;
    rules.escape = (*read)->read.dockerfile.escape;
    const StageGraph& graph = (*read)->graph;
    const Instruction* line = argument ? nullptr : find_argument(graph.global_arguments, kEpochArgument);
    if (!argument && line == nullptr) return CellEpoch{};
    std::optional<std::string> text = argument;
    if (line != nullptr) {
        MABPLAN_TRY(global, GlobalArguments::evaluate(graph.global_arguments, given, {request_.host, cell.platform, {}}, rules));
        text = global.get(kEpochArgument);
    }
    if (!text || text->empty()) return CellEpoch{};
    if (const auto seconds = parse_signed(*text)) return CellEpoch{seconds, EpochSource::Number};
    auto time = time_of_word(cell, *text, graph, given, rules);
    if (!time && !time.error().place && line != nullptr) return pass(std::move(time).error().at(line->place));
    if (!time) return pass(at_target(std::move(time).error(), target));
    return CellEpoch{*time, line != nullptr ? EpochSource::GlobalWord : EpochSource::Word};
}

Status check_epoch(const std::optional<std::int64_t>& seconds) {
    if (!seconds || (*seconds >= 0 && *seconds <= kLatestTime)) return {};
    return fail(ErrorKind::Input, format("SOURCE_DATE_EPOCH is {}: expected seconds since 1970, at most {}", *seconds, kLatestTime),
                *seconds > kLatestTime ? "it may be in milliseconds" : "");
}

// What a cell is given goes before what the matrix says for all.
Result<CellEpoch> Compilation::epoch_of(const Target& target, const Cell& cell) {
    const Reproducible& reproducible = request_.matrix.reproducible;
    MABPLAN_TRY(epoch, epoch_argument(target, cell));
    if (reproducible.enabled && !epoch.seconds && reproducible.source_date_epoch)
        epoch.seconds = static_cast<std::int64_t>(*reproducible.source_date_epoch);
    if (auto good = check_epoch(epoch.seconds); !good) return pass(at_target(std::move(good).error(), target));
    return epoch;
}

Checked<Compiled> Compilation::run() {
    if (!request_.matrix.reproducible.enabled) plan_.keep_times();
    if (auto registries = lower_registries(request_.matrix); !registries) note({registries.error()});
    else
        for (RegistryHost& host : *registries) plan_.add_registry(std::move(host));
    for (const Target* target : request_.targets) {
        open_targets_ = {target->name};
        auto lowered = lower_target(*target);
        if (lowered) plan_.add_target(std::move(*lowered));
        else note(std::move(lowered).error());
    }
    if (request_.on_warning)
        for (const Warning& warning : unused_.warnings(request_.matrix)) request_.on_warning(warning);
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    std::vector<Warning> warnings = request_.matrix.warnings;
    warnings.insert(warnings.end(), remarks_.warnings().begin(), remarks_.warnings().end());
    return Compiled{plan_.finish(), std::move(warnings), remarks_.notes(), std::move(left_out_)};
}

}  // namespace

Checked<Compiled> compile(const CompileRequest& request, const CompilePorts& ports) { return Compilation(request, ports).run(); }

}  // namespace mabplan::compiler
