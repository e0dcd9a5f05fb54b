// Who sees a run, by the words of the command line: standard error in the form that was asked for and can be had, the log of --events, and
// who keeps what failed until the end. Knows the parts; what they show is theirs.
#pragma once

#include "plans/model/plan.h"
#include "runtime/events/build_observer.h"
#include "runtime/store/store.h"
#include "tools/mabplan/command_line.h"
#include "tools/mabplan/remarks.h"
#include "tools/mabplan/run_log.h"

#include <memory>
#include <string>
#include <vector>

namespace mabplan::tools {

// What failed in a run: told when it has ended.
class FailureList final : public runtime::BuildObserver {
public:
    void see(const runtime::BuildEvent& event) override;
    const std::vector<runtime::Failed>& failures() const { return failures_; }

private:
    std::vector<runtime::Failed> failures_;
};

struct DisplayOptions {
    const CommonOptions& common;
    const std::string& events;  // the file; empty: none
    int jobs = 1;               // steps at a time
    const Remarks& before;      // what was told already
    const LoggedRun& run;       // for the history
};

class RunDisplay {
public:
    // The plan must outlive it. The store knows how long steps took before, and keeps the history. An Input error if the file of events
    // can't be written.
    static Result<std::unique_ptr<RunDisplay>> open(const Plan& plan, runtime::Store& store, const DisplayOptions& options);

    runtime::BuildObserver& observers() { return *all_; }
    // Nothing more is to be seen: standard error is everybody's again.
    void end() { shown_.reset(); }
    // Each failure once, with all platforms that it came on.
    void print_failures() const;

private:
    explicit RunDisplay(const Plan& plan) : plan_(plan) {}

    const Plan& plan_;
    std::unique_ptr<runtime::BuildObserver> shown_;
    std::unique_ptr<runtime::BuildObserver> log_;
    std::unique_ptr<RunLog> history_;
    FailureList failed_;
    std::unique_ptr<runtime::ObserverList> all_;
};

}  // namespace mabplan::tools
