#include "tools/terminal/build_state.h"

#include <algorithm>

namespace mabplan::tools {

namespace {

constexpr std::size_t kMostLast = 16;          // lines of a step
constexpr double kMeasuredSeconds = 5;         // of a transfer
constexpr double kLeastMeasuredSeconds = 0.5;  // before there is a rate

}  // namespace

double RunningTransfer::bytes_per_second(double at) const {
    if (measured.empty() || at - measured.front().first < kLeastMeasuredSeconds || now.done < measured.front().second) return 0;
    return static_cast<double>(now.done - measured.front().second) / (at - measured.front().first);
}

void BuildState::see(const runtime::BuildEvent& event) {
    std::visit([&](const auto& what) { take(what, event.at); }, event.what);
}

const RunningStep* BuildState::find_running(ActionId id) const {
    const auto found = std::find_if(running_.begin(), running_.end(), [&](const RunningStep& step) { return step.id == id; });
    return found == running_.end() ? nullptr : &*found;
}

void BuildState::take(const runtime::RunBegan& began, double) {
    is_done_.assign(plan_.actions.size(), false);
    running_.clear();
    wanted_ = began.wanted;
    done_ = cached_ = failed_ = 0;
}

void BuildState::take(const runtime::Started& started, double at) {
    end(started.id);
    RunningStep step;
    step.id = started.id;
    step.since = at;
    step.emulated = started.emulated;
    running_.push_back(std::move(step));
}

void BuildState::take(const runtime::Said& said, double) {
    const auto step = std::find_if(running_.begin(), running_.end(), [&](const RunningStep& one) { return one.id == said.id; });
    if (step == running_.end()) return;
    for (std::string& line : step->output->add(said.bytes)) step->last.push_back(std::move(line));
    while (step->last.size() > kMostLast) step->last.pop_front();
}

void BuildState::end(ActionId id) {
    std::erase_if(running_, [&](const RunningStep& step) { return step.id == id; });
}

void BuildState::take(const runtime::Finished& finished, double) {
    end(finished.id);
    is_done_[finished.id.index] = true;
    ++done_;
    const bool was_cached = finished.how == runtime::HowDone::CachedDefinition || finished.how == runtime::HowDone::CachedContent;
    cached_ += was_cached ? 1 : 0;
}

void BuildState::take(const runtime::Failed& failed, double) {
    end(failed.id);
    ++failed_;
}

void BuildState::take(const runtime::Transfer& transfer, double at) {
    if (transfer.state != runtime::TransferState::Going) {
        transfers_.erase(transfer.number);
        return;
    }
    const auto [place, is_new] = transfers_.try_emplace(transfer.number);
    RunningTransfer& running = place->second;
    if (is_new) running.since = at;
    running.now = transfer;
    running.measured.emplace_back(at, transfer.done);
    while (running.measured.size() > 2 && at - running.measured.front().first > kMeasuredSeconds) running.measured.pop_front();
}

void BuildState::take(const runtime::RunEnded&, double) {
    running_.clear();
    transfers_.clear();
    exporting_.reset();
}

}  // namespace mabplan::tools
