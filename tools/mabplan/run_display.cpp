#include "tools/mabplan/run_display.h"

#include "runtime/sandbox/emulator.h"
#include "tools/mabplan/console.h"
#include "tools/mabplan/event_log.h"
#include "tools/mabplan/process.h"
#include "tools/terminal/failure_report.h"
#include "tools/terminal/live_view.h"
#include "tools/terminal/past_seconds.h"
#include "tools/terminal/plain_view.h"
#include "tools/terminal/quiet_view.h"
#include "tools/terminal/standard_error.h"

#include <utility>

namespace mabplan::tools {

namespace {

StandardError& out() { return StandardError::of_process(); }
void print(std::string_view lines) { out().print(lines); }

// The region of standard error, as long as it is shown.
class StandardErrorScreen final : public RegionScreen {
public:
    StandardErrorScreen() { out().begin_region(breaks_lines_anew(process_variables()) ? Shrinking::BreaksLines : Shrinking::CutsLines); }
    ~StandardErrorScreen() override { out().end_region(); }
    StandardErrorScreen(const StandardErrorScreen&) = delete;
    StandardErrorScreen& operator=(const StandardErrorScreen&) = delete;
    ScreenSize size() const override { return out().size(); }
    void show(const std::vector<std::string>& above, std::vector<std::string> region) override { out().show(above, std::move(region)); }
};

// Nothing is lost where records can't be read: there is no estimate then, and whoever needs them says why.
PastSeconds past_seconds(const Plan& plan, runtime::Records& records) {
    const auto rows = records.list();
    if (!rows) return {};
    std::vector<PastResult> results;
    for (const runtime::ResultRow& row : *rows)
        if (row.kind == runtime::KeyKind::Definition)
            results.push_back({row.key, row.origin, !row.result.emulator.empty(), row.result.seconds, row.made});
    return match_past(plan, results, runtime::host_platform());
}

class LiveDisplay final : public runtime::BuildObserver {
public:
    LiveDisplay(const Plan& plan, runtime::Records& records, const LiveLook& look)
        : plan_(plan), records_(records), view_(plan, screen_, look) {}
    void see(const runtime::BuildEvent& event) override {
        // A run that executes nothing needs no estimate, and no look at all that the store has.
        const auto* began = std::get_if<runtime::RunBegan>(&event.what);
        if (began != nullptr && began->to_execute > 0) view_.know_past(past_seconds(plan_, records_));
        view_.see(event);
    }
    void tick(double at) override { view_.tick(at); }

private:
    const Plan& plan_;
    runtime::Records& records_;
    StandardErrorScreen screen_;
    LiveView view_;
};

std::unique_ptr<runtime::BuildObserver> make_plain(const Plan& plan, Details details) {
    PlainLook look;
    look.colours = colours_of_standard_error();
    look.details = details;
    return std::make_unique<PlainView>(plan, print, look);
}

Result<std::unique_ptr<runtime::BuildObserver>> make_log(const Plan& plan, const std::string& path, EventLog::Begin begin) {
    MABPLAN_TRY(log, EventLog::open(path, plan, begin, [](const std::string& warning) { print_warning(warning); }));
    return std::unique_ptr<runtime::BuildObserver>(std::move(log));
}

Result<std::unique_ptr<runtime::BuildObserver>> make_shown(const Plan& plan, runtime::Records& records, const DisplayOptions& options) {
    const Details details = options.common.detail == Detail::Verbose ? Details::Shown : Details::Hidden;
    switch (possible_progress(options.common.progress, out().is_terminal(), process_variables())) {
        case Progress::Quiet: return std::make_unique<QuietView>(print);
        case Progress::RawJson:
            return make_log(plan, "/dev/stderr", options.before.have_begun_events() ? EventLog::Begin::GoesOn : EventLog::Begin::Schema);
        case Progress::Tty:
            return std::make_unique<LiveDisplay>(plan, records, LiveLook{colours_of_standard_error(), details, options.jobs});
        case Progress::Auto:
        case Progress::Plain: break;
    }
    return make_plain(plan, details);
}

}  // namespace

void FailureList::see(const runtime::BuildEvent& event) {
    if (std::holds_alternative<runtime::RunBegan>(event.what)) failures_.clear();
    const auto* failed = std::get_if<runtime::Failed>(&event.what);
    if (failed != nullptr && failed->error.kind != ErrorKind::Interrupted) failures_.push_back(*failed);
}

Result<std::unique_ptr<RunDisplay>> RunDisplay::open(const Plan& plan, runtime::Store& store, const DisplayOptions& options) {
    std::unique_ptr<RunDisplay> display(new RunDisplay(plan));
    MABPLAN_TRY(shown, make_shown(plan, store.records(), options));
    display->shown_ = std::move(shown);
    std::vector<std::reference_wrapper<runtime::BuildObserver>> all{*display->shown_, display->failed_};
    if (!options.events.empty()) {
        MABPLAN_TRY(log, make_log(plan, options.events, EventLog::Begin::Schema));
        display->log_ = std::move(log);
        all.emplace_back(*display->log_);
    }
    // last of all: a run that could not begin is none
    display->history_ =
        RunLog::begin(runtime::RunHistory(store.root()), plan, options.run, [](const std::string& warning) { print_warning(warning); });
    all.emplace_back(*display->history_);
    display->all_ = std::make_unique<runtime::ObserverList>(std::move(all));
    return display;
}

void RunDisplay::print_failures() const { print(report_failures(failed_.failures(), name_steps(plan_), colours_of_standard_error())); }

}  // namespace mabplan::tools
