// One target on one platform: walks the stages that it needs, instruction by instruction, and adds their actions to the plan.
// Asks the ports; opens nothing.
#pragma once

#include "compiler/lower/arguments.h"
#include "compiler/lower/context_selections.h"
#include "compiler/lower/epoch.h"
#include "compiler/lower/ignore_files.h"
#include "compiler/lower/own_files.h"
#include "compiler/lower/plan_builder.h"
#include "compiler/lower/remarks.h"
#include "compiler/lower/remote_contexts.h"
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
    RemoteContexts& contexts;
    IgnoreFiles& ignores;
    Remarks& remarks;
};

enum class CompileMode {
    Build,  // the stages that the targets need
    Check,  // every stage is looked at, what is in files of a context is not: the plan is good for nothing
};

enum class DockerfileHome { Host, Elsewhere };  // a file of this host, or text out of a matrix, a repository, an archive or a URL

// What one cell is lowered from. All of it outlives the lowering.
struct CellInput {
    const Target& target;
    const Cell& cell;
    const StageGraph& graph;
    const Dockerfile& dockerfile;
    std::string dockerfile_path;  // for messages and, on this host, for the ignore file beside it
    DockerfileHome dockerfile_home;
    Platform host;
    // The root file system of another target, for `target:NAME` contexts.
    std::function<Result<StageState>(const std::string& target, const Platform& platform)> other_target;
    CompileMode mode = CompileMode::Build;
    LoweringObserver& observer;
    const OwnFiles& own;
    CellEpoch epoch{};
    mabplan::Noise noise = mabplan::Noise::Drop;
};

class CellLowering {
public:
    CellLowering(const CellInput& input, const LoweringPorts& ports, PlanBuilder& plan);

    // The cell of the plan, its actions added; else all mistakes that can be told at once.
    Checked<mabplan::Cell> lower();
    // The final state only, for targets that build on this one.
    Checked<StageState> lower_stage_state();
    // The instructions that bases had waiting (ONBUILD), as far as lowering came.
    const std::vector<std::string>& triggers() const { return triggers_; }

private:
    enum class Progress { Open, Done };
    // What COPY, ADD and mounts take files from; contexts are not digested yet.
    struct MainContext {};
    struct FolderContext {
        std::string name;
        std::string folder;
    };
    using Place = std::variant<MainContext, FolderContext, RootFiles>;

    // Stages: cell_lowering.cpp
    Result<mabplan::Cell> make_cell();
    Result<StageState> target_state();
    const Platform& image_platform(const StageState& state) const;
    template <class Value>
    Checked<Value> with_mistakes(Result<Value> made);
    Status note_mistake(Error error, const Instruction& at);
    Status check_other_stages();
    Status check_surroundings() const;                    // lower_surroundings.cpp
    Result<const StageState*> stage(std::size_t number);  // made once, kept here
    Result<StageState> make_stage(const Stage& stage);
    bool is_replaced(const Stage& stage) const;  // by a named context
    Status run_triggers(const std::vector<std::string>& triggers, const Stage& stage, StageState& state);
    Status apply(const Step& step);

    // A FROM with its variables expanded.
    struct ReadFrom {
        std::string image;
        Platform platform;
    };

    // Bases and contexts: lower_base.cpp
    Result<ReadFrom> read_from(const Stage& stage);
    Result<StageState> base_of(const Stage& stage);
    Result<Platform> platform_of(const Stage& stage);
    Result<std::string> expand_from(const Stage& stage, const std::string& word, NamesUsed& names);
    void check_default_base(const Stage& stage);
    std::string meant_stage(const std::string& name, const Stage& stage) const;
    Result<StageState> image_state(const std::string& name, const Platform& platform, const Stage& stage, const Instruction& where);
    Result<StageState> named_context_state(const NamedContext& context, const std::string& name, const Platform& platform,
                                           const Stage& stage, const Instruction& where);
    Result<StageState> folder_state(const NamedContext& context, const Platform& platform, const Stage& stage, const Instruction& where);
    Result<ActionId> fetched_context(const NamedContext& context, const Stage& stage, const Instruction& where);
    ActionId unpacked(ActionId file, const FetchAction& fetch, const Stage& stage, const Instruction& where);
    Result<ActionId> main_context_root(const Step& step);
    const NamedContext* find_context(const std::string& name, const Platform& platform) const;

    // Files: lower_copy.cpp
    Status lower_copy(const Copy& copy, const Step& step);
    Status lower_add(const Add& add, const Step& step);
    Status check_linked_owner(const Transfer& transfer, const std::string& owner, const Step& step) const;
    bool has_system_below(std::optional<ActionId> root) const;
    void note_linked_copy(const CopyAction& copy, const std::string& destination, const Step& step) const;
    Result<CopyAction> start_copy(const Transfer& transfer, const Step& step) const;
    Status finish_copy(const Transfer& transfer, CopyAction action, std::string created_by, const Step& step);
    Result<std::vector<std::string>> expand_sources(const Transfer& transfer, const Step& step) const;
    Status add_inline_files(const Transfer& transfer, CopyAction& action, std::string& created_by, const Step& step) const;
    // Of the context, or of another root: the part says all but its origin, which `place` is.
    Status add_local_part(CopyPart part, const Place& place, CopyAction& action, const Step& step);
    Status add_remote_part(const std::string& source, const Add& add, const std::string& checksum, CopyAction& action, const Step& step);
    Status check_copy_from(const std::string& from, const Instruction& at) const;
    Result<Place> find_place(const std::string& from, const Step& step, bool for_mount);

    // Folders of this host: lower_sources.cpp
    Result<FileOrigin> origin_at(const Place& place, const std::vector<std::string>& sources, const SelectionOptions& options,
                                 const Step& step);
    Status check_named_folder(const FolderContext& folder, const Instruction& at) const;
    Result<ContextFiles> context_files(const FolderContext& folder, bool main, const std::vector<std::string>& sources,
                                       const SelectionOptions& options, const Instruction& at);
    Failure refuse_sources(Error error, const std::vector<std::string>& sources, const Instruction& at,
                           const std::function<Result<Digest>(const std::string&)>& take);
    Result<PatternList> hidden_patterns(const std::string& folder, bool main);
    Result<IgnoreFile> ignore_file(const std::string& folder, bool main_context) const;
    Status look_for_ignored(const std::string& folder, const std::vector<std::string>& sources, const Step& step);

    // Commands: lower_run.cpp, lower_mounts.cpp
    Status lower_run(const Run& run, const Step& step);
    Status set_command(const Run& run, RunAction& action, std::string& shown, const Step& step) const;
    Status add_surroundings(RunAction& action) const;
    Status add_mount(const MountText& text, RunAction& action, const Step& step);
    Result<mabplan::Mount> lower_mount(const compiler::Mount& mount, const Step& step);
    Result<FileOrigin> mount_origin(const compiler::Mount& mount, const Step& step);
    std::vector<std::string> with_shell(const CommandLine& command, const StageState& state) const;
    std::string history_arguments(const StageState& state) const;
    Status lower_workdir(const Workdir& workdir, const Step& step);

    // What changes the configuration alone: lower_metadata.cpp
    Status lower_arg(const Arg& arg, const Step& step);
    Status lower_env(const Env& env, const Step& step);
    Status lower_label(const Label& label, const Step& step);
    Status lower_user(const compiler::User& user, const Step& step);
    Status lower_expose(const Expose& expose, const Step& step);
    Status lower_volume(const Volume& volume, const Step& step);
    Status lower_stop_signal(const StopSignal& signal, const Step& step);
    Status lower_entrypoint(const Entrypoint& entrypoint, const Step& step);
    Status lower_cmd(const Cmd& cmd, const Step& step);
    Status lower_healthcheck(const Healthcheck& healthcheck, const Step& step);
    Status lower_shell(const Shell& shell, const Step& step);
    Status lower_maintainer(const Maintainer& maintainer, const Step& step);
    Status lower_onbuild(const Onbuild& onbuild, const Step& step);

    // Pieces
    Result<std::string> expand(std::string_view word, const Step& step) const;
    Result<std::string> expand(std::string_view word, const Step& step, const WordRules& rules) const;
    void note_undefined(const NamesUsed& names, const Step& step) const;
    std::optional<std::string> build_argument(const std::string& name) const;
    ActionId add_action(Work work, const Instruction& at, const Stage& stage);
    ActionId add_action(Work work, Origin from);
    void name_actions(const Platform& platform);
    void add_layer(Work work, const Step& step, std::string created_by);
    Origin origin(const Instruction& at, const Stage& stage) const;
    Failure unsupported(const Instruction& at, std::string_view piece, const std::string& what) const;

    const CellInput& input_;
    LoweringPorts ports_;
    PlanBuilder& plan_;
    WordRules rules_;
    BuildArguments build_arguments_;
    GlobalArguments global_;
    GlobalArguments default_global_;  // as if no build argument were given
    std::vector<ReadFrom> froms_;     // of every stage, also of those that nobody needs: a mistake in one is an error
    std::map<std::size_t, Progress> progress_;
    std::map<std::size_t, StageState> stages_;
    std::map<std::string, PatternList> hidden_;  // ignore patterns by folder, with mabplan's own files
    static constexpr std::size_t kMostMistakes = 50;
    Errors mistakes_;  // noted; lowering went on, and its result is good for nothing
    std::vector<std::string> triggers_;
    // What was added, by stage and kind in the order of the instructions; named when the platform of the image is known.
    std::map<std::pair<std::string, std::string>, std::vector<ActionId>> added_;
};

}  // namespace mabplan::compiler
