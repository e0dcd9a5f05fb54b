// One target on one platform: walks the stages that it needs, instruction by instruction, and adds their actions to the plan.
// Asks the ports; opens nothing.
#pragma once

#include "compiler/lower/arguments.h"
#include "compiler/lower/context_selections.h"
#include "compiler/lower/plan_builder.h"
#include "compiler/lower/stage_state.h"
#include "compiler/matrix/matrix.h"
#include "compiler/ports/image_resolver.h"
#include "compiler/ports/project_files.h"
#include "compiler/stages/stage_graph.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace mabplan::compiler {

struct LoweringPorts {
    ProjectFiles& files;
    ImageResolver& images;
    ContextSelections& selections;
};

// What one cell is lowered from. All of it outlives the lowering.
struct CellInput {
    const Target& target;
    const Cell& cell;
    const StageGraph& graph;
    const Dockerfile& dockerfile;
    std::string dockerfile_path;  // for messages and for the ignore file beside it
    Platform host;
    // The root file system of another target, for `target:NAME` contexts.
    std::function<Result<StageState>(const std::string& target, const Platform& platform)> other_target;
};

class CellLowering {
public:
    CellLowering(const CellInput& input, const LoweringPorts& ports, PlanBuilder& plan);

    // The cell of the plan, its actions added.
    Result<mabplan::Cell> lower();
    // The final state only, for targets that build on this one.
    Result<StageState> lower_stage_state();

private:
    enum class Progress { Open, Done };

    // Stages
    Result<StageState> stage(std::size_t number);
    Result<StageState> base_of(const Stage& stage);
    Result<StageState> image_state(const std::string& name, const Platform& platform, const Instruction& where);
    Result<StageState> named_context_state(const NamedContext& context, const std::string& name, const Platform& platform, const Instruction& where);
    Status run_triggers(const std::vector<std::string>& triggers, const Stage& stage, StageState& state);
    const NamedContext* find_context(const std::string& name) const;

    // Instructions: one function a kind
    Status apply(const Instruction& instruction, const Stage& stage, StageState& state);
    Status lower_arg(const Arg& arg, const Instruction& at, StageState& state);
    Status lower_env(const Env& env, const Instruction& at, StageState& state);
    Status lower_label(const Label& label, const Instruction& at, StageState& state);
    Status lower_workdir(const Workdir& workdir, const Instruction& at, const Stage& stage, StageState& state);
    Status lower_run(const Run& run, const Instruction& at, const Stage& stage, StageState& state);
    Status lower_copy(const Copy& copy, const Instruction& at, const Stage& stage, StageState& state);
    Status lower_user(const compiler::User& user, const Instruction& at, StageState& state);
    Status lower_expose(const Expose& expose, const Instruction& at, StageState& state);
    Status lower_volume(const Volume& volume, const Instruction& at, StageState& state);
    Status lower_stop_signal(const StopSignal& signal, const Instruction& at, StageState& state);
    void lower_entrypoint(const Entrypoint& entrypoint, StageState& state);
    void lower_cmd(const Cmd& cmd, StageState& state);
    void lower_healthcheck(const Healthcheck& healthcheck, StageState& state);

    // Pieces
    Result<std::string> expand(std::string_view word, const Instruction& at, const StageState& state) const;
    Result<std::variant<ContextFiles, RootFiles>> copy_origin(const std::string& from, const std::vector<std::string>& sources, const Instruction& at,
                                                              const Stage& stage, const StageState& state);
    Result<ContextFiles> context_files(const std::string& name, const std::string& folder, const std::vector<std::string>& sources, const Instruction& at);
    Result<std::vector<std::string>> ignore_patterns(const std::string& folder, bool main_context);
    std::vector<std::string> with_shell(const CommandLine& command, const StageState& state) const;
    std::string history_arguments(const StageState& state) const;
    void add_layer(Work work, const Instruction& at, const Stage& stage, StageState& state, std::string created_by);
    Origin origin(const Instruction& at, const Stage& stage) const;
    Failure unsupported(const Instruction& at, std::string_view piece, const std::string& what) const;

    const CellInput& input_;
    LoweringPorts ports_;
    PlanBuilder& plan_;
    WordRules rules_;
    BuildArguments build_arguments_;
    GlobalArguments global_;
    std::map<std::size_t, Progress> progress_;
    std::map<std::size_t, StageState> stages_;
};

}  // namespace mabplan::compiler
