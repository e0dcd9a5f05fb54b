#include "tools/terminal/plain_view.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/log/styled_text.h"
#include "tools/terminal/durations.h"
#include "tools/terminal/step_verdict.h"

#include <algorithm>
#include <utility>

namespace mabplan::tools {

namespace {

constexpr double kLongestSilence = 60;  // seconds

}  // namespace

PlainView::PlainView(const Plan& plan, Print print, PlainLook look) : print_(std::move(print)), look_(look), names_(name_steps(plan)) {}

void PlainView::see(const runtime::BuildEvent& event) {
    at_ = event.at;
    std::visit([this](const auto& what) { tell(what); }, event.what);
}

void PlainView::tick(double at) {
    at_ = at;
    for (Running& step : running_)
        if (at - step.heard_at >= step.alive_after) say_alive(step, at);
}

PlainView::Running* PlainView::find(ActionId id) {
    const auto found = std::find_if(running_.begin(), running_.end(), [&](const Running& step) { return step.id == id; });
    return found == running_.end() ? nullptr : &*found;
}

void PlainView::print_line(ActionId id, std::string_view text) { print_(format("{} {}\n", names_[id.index].title(), text)); }

void PlainView::say_alive(Running& step, double at) {
    std::string text = format("still running, {}", tenths(at - step.since));
    if (!step.held.empty()) text += format(", {} line{} held back until it ends", step.held.size(), step.held.size() == 1 ? "" : "s");
    else if (const std::string current = step.output->current(); !current.empty()) text += ": " + runtime::without_styles(current);
    print_line(step.id, text);
    step.heard_at = at;
    step.alive_after = std::min(2 * step.alive_after, kLongestSilence);
}

void PlainView::tell(const runtime::Started& started) {
    print_(names_[started.id.index].title() + "\n");
    Running step;
    step.id = started.id;
    step.since = step.heard_at = at_;
    step.alive_after = look_.first_alive;
    step.output = std::make_unique<runtime::OutputLines>();
    running_.push_back(std::move(step));
}

void PlainView::hold(Running& step, std::vector<std::string> lines) {
    for (std::string& line : lines) {
        if (line.empty()) continue;
        if (step.held_bytes + line.size() > look_.most_held) {
            ++step.lost_lines;
            continue;
        }
        step.held_bytes += line.size();
        step.held.push_back(look_.colours == runtime::Colours::Yes ? std::move(line) : runtime::without_styles(line));
    }
}

void PlainView::print_held(Running& step) {
    const StepName& name = names_[step.id.index];
    const std::string begin = format("  {}{}{} | ", name.platform, name.platform.empty() ? "" : " ", name.place());
    std::string text;
    for (const std::string& line : step.held) {
        if (printed_ + text.size() < look_.most_printed) text += begin + line + "\n";
        else if (unprinted_ == 0) text += format("{}(the steps print more than is shown here)\n", begin), unprinted_ = line.size();
        else unprinted_ += line.size();
    }
    if (step.lost_lines > 0) text += format("{}(more than can be held back: {} lines are left out)\n", begin, step.lost_lines);
    if (!step.held.empty()) step.heard_at = at_, step.alive_after = look_.first_alive;
    printed_ += text.size();
    step.held.clear();
    step.held_bytes = step.lost_lines = 0;
    if (!text.empty()) print_(text);
}

void PlainView::tell(const runtime::Said& said) {
    Running* step = find(said.id);
    if (step == nullptr) return;
    hold(*step, step->output->add(said.bytes));
    if (step == &running_.front()) print_held(*step);
}

void PlainView::tell(const runtime::Unsaid& unsaid) {
    if (Running* step = find(unsaid.id)) step->held.push_back(format("({} of output are left out here)", format_bytes(unsaid.bytes)));
}

void PlainView::end(ActionId id, const std::string& verdict) {
    if (Running* step = find(id)) {
        hold(*step, step->output->finish());
        print_held(*step);
    }
    std::erase_if(running_, [&](const Running& step) { return step.id == id; });
    print_line(id, verdict);
    if (!running_.empty()) print_held(running_.front());  // the oldest now
}

void PlainView::tell(const runtime::Finished& finished) { end(finished.id, verdict_of(finished, look_.colours)); }
void PlainView::tell(const runtime::Failed& failed) { end(failed.id, verdict_of(failed, look_.colours)); }
void PlainView::tell(const runtime::Noted& noted) { print_line(noted.id, runtime::as_one_line(noted.text)); }

void PlainView::tell(const runtime::Detail& detail) {
    if (look_.details == Details::Shown) print_line(detail.id, runtime::as_one_line(detail.text));
}

void PlainView::tell(const runtime::Transfer& transfer) {
    const double since = transfers_.try_emplace(transfer.number, at_).first->second;
    if (transfer.state == runtime::TransferState::Going) return;
    print_(summary_of(transfer, at_ - since) + "\n");
    transfers_.erase(transfer.number);
}

void PlainView::tell(const runtime::Exporting& exporting) { print_(format("writing {}\n", runtime::as_one_line(exporting.destination))); }

void PlainView::tell(const runtime::Warned& warned) {
    for (const std::string& line : warnings_.lines_of(warned)) print_(line + "\n");
}

void PlainView::tell(const runtime::RunEnded&) {
    if (unprinted_ > 0) print_(format("{} of output were not shown\n", format_bytes(unprinted_)));
    for (Running& step : running_) {  // whose ends nobody told
        hold(step, step.output->finish());
        print_held(step);
    }
    running_.clear();
}

}  // namespace mabplan::tools
