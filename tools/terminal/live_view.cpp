#include "tools/terminal/live_view.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/log/styled_text.h"
#include "tools/terminal/step_verdict.h"

#include <utility>

namespace mabplan::tools {

namespace {

constexpr double kBetweenDrawings = 0.1;  // seconds, while events come close together

}  // namespace

LiveView::LiveView(const Plan& plan, RegionScreen& screen, const LiveLook& look)
    : screen_(screen), look_(look), names_(name_steps(plan)), state_(plan) {}

void LiveView::see(const runtime::BuildEvent& event) {
    at_ = event.at;
    std::visit([this](const auto& what) { tell(what); }, event.what);
    state_.see(event);
    const bool ended = std::holds_alternative<runtime::RunEnded>(event.what);
    if (ended || event.at - drawn_at_ >= kBetweenDrawings) draw(event.at);
}

void LiveView::tell(const runtime::Noted& noted) {
    above_.push_back(format("{} {}", names_[noted.id.index].title(), runtime::as_one_line(noted.text)));
}

void LiveView::tell(const runtime::Detail& detail) {
    if (look_.details == Details::Shown)
        above_.push_back(format("{} {}", names_[detail.id.index].title(), runtime::as_one_line(detail.text)));
}

void LiveView::tell(const runtime::Finished& finished) {
    above_.push_back(format("{} {}", names_[finished.id.index].title(), verdict_of(finished, look_.colours)));
}

void LiveView::tell(const runtime::Failed& failed) {
    above_.push_back(format("{} {}", names_[failed.id.index].title(), verdict_of(failed, look_.colours)));
}

void LiveView::tell(const runtime::Transfer& transfer) {
    if (transfer.state == runtime::TransferState::Going) return;
    const auto begun = state_.transfers().find(transfer.number);
    above_.push_back(summary_of(transfer, begun == state_.transfers().end() ? 0 : at_ - begun->second.since));
}

void LiveView::tell(const runtime::Exported& exported) { above_.push_back(format("wrote {}", runtime::as_one_line(exported.destination))); }

void LiveView::tell(const runtime::Warned& warned) {
    for (std::string& line : warnings_.lines_of(warned)) above_.push_back(std::move(line));
}

void LiveView::draw(double at) {
    drawn_at_ = at;
    const RegionLook look{screen_.size(), look_.colours, at, estimate_rest(state_, past_, at, look_.jobs)};
    screen_.show(std::exchange(above_, {}), draw_region(state_, names_, look));
}

}  // namespace mabplan::tools
