#include "runtime/exec/run_execution.h"

#include "plans/base/format.h"
#include "plans/oci/chain_id.h"
#include "runtime/step/step_failure.h"

namespace mabplan::runtime {

namespace {

// The log of one command, passed on under its action.
class ActionLog final : public StepLog {
public:
    ActionLog(ActionId id, const std::function<void(std::string_view)>& output, const NoteOfStep& note)
        : id_(id), output_(output), note_(note) {}

    void output(std::string_view bytes) override { output_(bytes); }
    void note(std::string_view text) override {
        if (note_) note_(id_, text);
    }

private:
    ActionId id_;
    const std::function<void(std::string_view)>& output_;
    const NoteOfStep& note_;
};

}  // namespace

// What is known of the layer stays with it.
Result<ActionResult> RunExecution::keep(const StepLayer& layer, const StepResult& result) {
    MABPLAN_CHECK(files_.layers.know_programs(layer.diff_id, layer.programs));
    MABPLAN_CHECK(files_.layers.know_baked_in(layer.diff_id, layer.baked_in));
    return ActionResult{layer.diff_id, layer.bytes, result.seconds, result.emulator, layer.left_out};
}

// Of all that would execute the same now, one does. Nothing: it is executed whatever others do.
Result<std::optional<ActionTurn>> RunExecution::take_turn(ActionId id, const InputIdentity& inputs) {
    const auto key = cache_.content_key(id, inputs);
    if (!key) return std::optional<ActionTurn>();
    const Stop* stop = files_.layers.stop();
    const auto waiting = [&] {
        if (note_) note_(id, "waits for another one that executes the same");
    };
    MABPLAN_TRY(turn, ActionTurn::take(store_root_, {*key, waiting, stop == nullptr ? -1 : stop->fd()}));
    return std::optional(std::move(turn));
}

Result<Executed> RunExecution::execute(ActionId id, const RunAction& run, const std::function<void(std::string_view)>& output) {
    const Action& action = plan_.action(id);
    std::vector<Digest> below = files_.results.chain(run.root);
    ActionMounts files(files_, action.time);
    auto mounted = mounted_identities(run, files);
    if (!mounted) return fail(as_fault_of_step(std::move(mounted).error()));
    InputIdentity inputs{chain_text(below), *std::move(mounted)};
    // Programs may go by what they see. What another host would make with something else stands for itself, and not for its definition.
    const std::string seen = runner_.host_facts(run.platform);
    const KeysOf keys = seen.empty() ? KeysOf::DefinitionAndContent : KeysOf::Content;
    if (keys == KeysOf::Content) inputs.root += format(" on {}", seen);
    MABPLAN_TRY(cached, cache_.find_content(id, inputs, keys));
    if (cached) return *cached;
    MABPLAN_TRY(turn, take_turn(id, inputs));
    const double waited = turn ? turn->waited_seconds() : 0;
    if (turn) {
        MABPLAN_TRY(made, cache_.find_content(id, inputs, keys));
        if (made) {
            made->waited_seconds = waited;
            return *made;
        }
    }
    MABPLAN_TRY(request, make_step_request(action, std::move(below), files));
    ActionLog log(id, output, note_);
    MABPLAN_TRY(result, runner_.run(request, log));
    if (const auto* failed = std::get_if<StepFailed>(&result.what))
        return fail(explain_failure(*failed, {result.emulator, request.timeout_ms}));
    MABPLAN_TRY(kept, keep(std::get<StepLayer>(result.what), result));
    MABPLAN_CHECK(cache_.record(id, inputs, kept, keys));
    return Executed{std::move(kept), result.emulator.empty() ? HowDone::Native : HowDone::Emulated, waited + result.waited_seconds};
}

}  // namespace mabplan::runtime
