// What came of the actions of a run so far: counted, and told as it comes. Several threads may use it. Does not know what an error means
// for the others, nor when a run ends.
#pragma once

#include "plans/model/plan.h"
#include "runtime/events/build_observer.h"
#include "runtime/exec/action_results.h"
#include "runtime/exec/emulation_tax.h"
#include "runtime/exec/executed.h"
#include "runtime/exec/work_list.h"
#include "runtime/sys/guarded.h"

#include <vector>

namespace mabplan::runtime {

struct RunCounts {
    std::size_t cached = 0;  // found done, before anything ran or by content
    std::size_t executed = 0;
    std::size_t emulated = 0;       // of those executed
    std::vector<Error> failures{};  // one for each action that failed, those of required ones first
    bool only_optional_failed = false;
};

class RunTally {
public:
    // All must outlive it.
    RunTally(const Plan& plan, const ActionResults& results, EventSink& events);

    // The run begins, or begins again after a repair: only how long actions took is kept from before.
    void begin(const WorkList& work);
    void finish(ActionId id, HowDone how, double seconds, double waited_seconds);
    // `required`: the run fails with it.
    void fail(ActionId id, const Error& error, const ActionTime& time, bool required);
    // It ended since another one failed; `error` says so.
    void stop(ActionId id, const Error& error, const ActionTime& time, bool required);

    bool has_required_failure() const;
    RunCounts counts() const;
    std::vector<EmulationTax> taxes() const;

private:
    struct State {
        RunCounts counts;
        std::vector<Error> optional_failures;
        std::vector<ActionTime> times;  // of each action
    };
    void tell_failed(ActionId id, const Error& error, const ActionTime& time, bool required);
    void tell_finished(ActionId id, HowDone how, double seconds, double waited_seconds);

    const Plan& plan_;
    const ActionResults& results_;
    EventSink& events_;
    Guarded<State> state_;
};

}  // namespace mabplan::runtime
