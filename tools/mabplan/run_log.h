// What the store keeps of a run: its events as lines of JSON, behind a line that says what was run. Knows the file and its bounds; the
// form of an event is event_json's.
#pragma once

#include "plans/model/plan.h"
#include "runtime/events/build_observer.h"
#include "runtime/store/run_history.h"
#include "tools/mabplan/event_log.h"

#include <time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace mabplan::tools {

struct LoggedRun {
    std::string verb;     // "run", "build"
    std::string project;  // the folder, absolute
    timespec began{};
};

// Actions that were cached by definition are not kept one by one, transfers only by their ends, details not at all, and of output not more
// than the bound, with what stands around it.
class RunLog final : public runtime::BuildObserver {
public:
    static constexpr std::uint64_t kMostOutput = 16U << 20U;  // bytes

    // The plan must outlive it. What keeps the log from being written is told once, and the run goes on.
    static std::unique_ptr<RunLog> begin(const runtime::RunHistory& history, const Plan& plan, const LoggedRun& run,
                                         const EventLog::Complain& complain);
    void see(const runtime::BuildEvent& event) override;

private:
    explicit RunLog(std::unique_ptr<EventLog> log) : log_(std::move(log)) {}
    static bool is_kept(const runtime::Happening& what);
    bool is_too_much(const runtime::BuildEvent& event);

    std::unique_ptr<EventLog> log_;                  // none: it can't be written
    std::uint64_t output_ = 0;                       // bytes
    std::map<std::uint32_t, std::uint64_t> unsaid_;  // by action: bytes of output that are not kept
};

}  // namespace mabplan::tools
