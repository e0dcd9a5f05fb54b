// The runs that the store keeps logs of, read back. Knows the form that run_log.h writes; does not know how runs are shown.
#pragma once

#include "plans/base/json.h"
#include "runtime/store/run_history.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace mabplan::tools {

struct RunSummary {
    std::string id;
    std::string verb;
    std::string project;
    std::vector<std::string> targets;
    std::vector<std::string> platforms;
    std::int64_t began = 0;  // seconds since 1970
    // As run-ended says it, else "running" or "killed"; "unreadable" of a log that is damaged.
    std::string how;
    double seconds = 0;
    std::int64_t cached = 0, executed = 0, emulated = 0, failed = 0;
    std::string error;  // what ended it, if none of the actions that failed did

    std::int64_t ended() const { return began + static_cast<std::int64_t>(seconds) + 1; }
};

// Reads the first and the last line alone.
RunSummary summarize_run(const runtime::RunHistory& history, const runtime::PastRun& run);
// The latest first.
Result<std::vector<RunSummary>> summarize_runs(const runtime::RunHistory& history);
OrderedJson summary_json(const RunSummary& run);

// The one whose id begins with the word; of an empty one the latest. An Input error where there is none, or more than one.
Result<runtime::PastRun> find_run(const runtime::RunHistory& history, const std::string& word);
// Whether one of the texts stands in the log; false where it can't be read.
bool mentions(const runtime::RunHistory& history, const std::string& id, const std::vector<std::string>& texts);
// Each line of a log but the first, in order; lines that can't be read are passed over. False ends it.
Status each_event(const runtime::RunHistory& history, const std::string& id, const std::function<bool(const Json& event)>& event);

}  // namespace mabplan::tools
