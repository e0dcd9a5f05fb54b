#include "tools/mabplan/run_log.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "runtime/sys/file.h"

#include <set>

namespace mabplan::tools {

namespace {

std::string first_line(const Plan& plan, const LoggedRun& run, const std::string& id) {
    OrderedJson targets = OrderedJson::array(), platforms = OrderedJson::array();
    std::set<std::string> seen;
    for (const Target& target : plan.targets) {
        targets.push_back(target.name);
        for (const Cell& cell : target.cells)
            if (seen.insert(format_platform(cell.platform)).second) platforms.push_back(format_platform(cell.platform));
    }
    return dump_json(OrderedJson{{"type", "run"},
                                 {"schema", "mabplan-history-1"},
                                 {"id", id},
                                 {"verb", run.verb},
                                 {"project", run.project},
                                 {"targets", std::move(targets)},
                                 {"platforms", std::move(platforms)},
                                 {"began", std::int64_t{run.began.tv_sec}}}) +
           "\n";
}

}  // namespace

std::unique_ptr<RunLog> RunLog::begin(const runtime::RunHistory& history, const Plan& plan, const LoggedRun& run,
                                      const EventLog::Complain& complain) {
    auto log = history.begin(run.began);
    if (log) {
        const Status written = runtime::write_all(log->file.get(), first_line(plan, run, log->id), history.path(log->id));
        if (written)
            return std::unique_ptr<RunLog>(new RunLog(EventLog::into(std::move(log->file), history.path(log->id), plan, complain)));
        complain(format("{}; nothing is kept of this run", written.error().message));
    } else {
        complain(format("{}; nothing is kept of this run", log.error().message));
    }
    return std::unique_ptr<RunLog>(new RunLog(nullptr));
}

bool RunLog::is_kept(const runtime::Happening& what) {
    if (const auto* finished = std::get_if<runtime::Finished>(&what)) return finished->how != runtime::HowDone::CachedDefinition;
    if (const auto* transfer = std::get_if<runtime::Transfer>(&what)) return transfer->state != runtime::TransferState::Going;
    return !std::holds_alternative<runtime::Detail>(what);
}

// Of what is not kept it is said once how much it was, when its action ends.
bool RunLog::is_too_much(const runtime::BuildEvent& event) {
    constexpr std::uint64_t kAround = 300;  // bytes of a line beside the output
    if (const auto* said = std::get_if<runtime::Said>(&event.what)) {
        output_ += said->bytes.size() + kAround;
        if (output_ > kMostOutput) unsaid_[said->id.index] += said->bytes.size();
        return output_ > kMostOutput;
    }
    const auto* finished = std::get_if<runtime::Finished>(&event.what);
    const auto* failed = std::get_if<runtime::Failed>(&event.what);
    if (finished == nullptr && failed == nullptr) return false;
    const ActionId id = finished != nullptr ? finished->id : failed->id;
    if (const auto unsaid = unsaid_.find(id.index); unsaid != unsaid_.end()) log_->see({event.at, runtime::Unsaid{id, unsaid->second}});
    return false;
}

void RunLog::see(const runtime::BuildEvent& event) {
    if (log_ && is_kept(event.what) && !is_too_much(event)) log_->see(event);
}

}  // namespace mabplan::tools
