// What a run has come to, folded from its events: what runs and says what, what is on its way, how much is done. Knows no clock but the
// events', and not how it is shown.
#pragma once

#include "plans/model/plan.h"
#include "runtime/events/build_event.h"
#include "runtime/log/output_lines.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::tools {

struct RunningStep {
    ActionId id;
    double since = 0;
    bool emulated = false;
    std::unique_ptr<runtime::OutputLines> output = std::make_unique<runtime::OutputLines>();
    std::deque<std::string> last;  // its last lines, the newest at the end
};

struct RunningTransfer {
    runtime::Transfer now;
    double since = 0;
    std::deque<std::pair<double, std::uint64_t>> measured;  // when how many bytes were there, of the last seconds
    double bytes_per_second(double at) const;
};

class BuildState {
public:
    explicit BuildState(const Plan& plan) : plan_(plan), is_done_(plan.actions.size(), false) {}

    void see(const runtime::BuildEvent& event);

    const Plan& plan() const { return plan_; }
    bool is_done(ActionId id) const { return is_done_[id.index]; }
    const RunningStep* find_running(ActionId id) const;
    const std::vector<RunningStep>& running() const { return running_; }                      // in the order in which they were started
    const std::map<std::uint64_t, RunningTransfer>& transfers() const { return transfers_; }  // by number
    const std::optional<std::string>& exporting() const { return exporting_; }                // the destination
    std::size_t wanted() const { return wanted_; }
    std::size_t done() const { return done_; }
    std::size_t cached() const { return cached_; }
    std::size_t failed() const { return failed_; }

private:
    void take(const runtime::RunBegan& began, double at);
    void take(const runtime::Started& started, double at);
    void take(const runtime::Said& said, double at);
    void take(const runtime::Finished& finished, double at);
    void take(const runtime::Failed& failed, double at);
    void take(const runtime::Transfer& transfer, double at);
    void take(const runtime::Exporting& exporting, double) { exporting_ = exporting.destination; }
    void take(const runtime::Exported&, double) { exporting_.reset(); }
    void take(const runtime::RunEnded& ended, double at);
    template <class Other>
    void take(const Other&, double) {}
    void end(ActionId id);

    const Plan& plan_;
    std::vector<bool> is_done_;
    std::vector<RunningStep> running_;
    std::map<std::uint64_t, RunningTransfer> transfers_;
    std::optional<std::string> exporting_;
    std::size_t wanted_ = 0;
    std::size_t done_ = 0;
    std::size_t cached_ = 0;
    std::size_t failed_ = 0;
};

}  // namespace mabplan::tools
