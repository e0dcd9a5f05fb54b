#include "runtime/events/event_queue.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::chrono::milliseconds kTick{100};
constexpr double kTickSeconds = 0.1;
constexpr std::size_t kLongestSaid = 64U << 10U;  // output is put together up to this

}  // namespace

EventQueue::EventQueue(BuildObserver& observer, Clock clock, EventLimits limits)
    : observer_(observer), clock_(std::move(clock)), limits_(limits) {}

void EventQueue::tell(Happening what) {
    std::unique_lock lock(mutex_);
    latest_ = std::max(latest_, clock_());
    if (auto* said = std::get_if<Said>(&what)) add_output(std::move(*said));
    else if (auto* transfer = std::get_if<Transfer>(&what)) add_transfer(std::move(*transfer));
    else add(std::move(what));
    if (shown_by_tellers_) show_all(lock);
    else changed_.notify_one();
}

void EventQueue::add(Happening what) { waiting_.push_back({latest_, std::move(what)}); }

// What still waits at a place in the order; null if it was shown.
BuildEvent* EventQueue::waiting_at(const std::optional<std::uint64_t>& number) {
    return number && *number >= first_number_ ? &waiting_[*number - first_number_] : nullptr;
}

std::size_t EventQueue::room_for(const Spoken& spoken) const {
    const auto left = [](std::size_t limit, std::size_t used) { return limit - std::min(limit, used); };
    return std::min(left(limits_.output_of_one, spoken.waiting), left(limits_.output, output_waiting_));
}

void EventQueue::add_output(Said said) {
    Spoken& spoken = spoken_[said.id.index];
    const std::size_t fits = std::min(said.bytes.size(), room_for(spoken));
    const std::uint64_t lost = said.bytes.size() - fits;
    said.bytes.resize(fits);
    spoken.waiting += fits;
    output_waiting_ += fits;
    if (fits > 0) {
        spoken.cut_off.reset();
        auto* last = waiting_.empty() ? nullptr : std::get_if<Said>(&waiting_.back().what);
        if (last != nullptr && last->id == said.id && last->bytes.size() + fits <= kLongestSaid) last->bytes += said.bytes;
        else add(Said{said.id, std::move(said.bytes)});
    }
    if (lost == 0) return;
    if (BuildEvent* before = waiting_at(spoken.cut_off)) {
        std::get<Unsaid>(before->what).bytes += lost;
        return;
    }
    add(Unsaid{said.id, lost});
    spoken.cut_off = first_number_ + waiting_.size() - 1;
}

// The first and the last of a transfer are told always; of those between them the newest is enough.
void EventQueue::add_transfer(Transfer transfer) {
    const auto known = moving_.find(transfer.number);
    if (transfer.state != TransferState::Going) {
        if (known != moving_.end()) moving_.erase(known);
        return add(std::move(transfer));
    }
    if (known == moving_.end()) {
        moving_.emplace(transfer.number, Moving{latest_, {}});
        return add(std::move(transfer));
    }
    Moving& moving = known->second;
    if (BuildEvent* before = waiting_at(moving.waiting)) {
        *before = {before->at, std::move(transfer)};
    } else if (latest_ - moving.told_at >= limits_.between_transfers) {
        moving = {latest_, first_number_ + waiting_.size()};
        add(std::move(transfer));
    }
}

BuildEvent EventQueue::take_first() {
    BuildEvent event = std::move(waiting_.front());
    waiting_.pop_front();
    ++first_number_;
    if (const auto* said = std::get_if<Said>(&event.what)) {
        spoken_[said->id.index].waiting -= said->bytes.size();
        output_waiting_ -= said->bytes.size();
    }
    return event;
}

// One thread at a time; another one that comes meanwhile leaves its own to it.
void EventQueue::show_all(std::unique_lock<std::mutex>& lock) {
    if (std::exchange(showing_, true)) return;
    while (!waiting_.empty()) {
        const BuildEvent event = take_first();
        lock.unlock();
        observer_.see(event);
        lock.lock();
    }
    showing_ = false;
}

void EventQueue::run() {
    std::unique_lock lock(mutex_);
    double ticked = latest_;
    while (!ended_ || !waiting_.empty()) {
        const bool woken = changed_.wait_for(lock, kTick, [this] { return ended_ || !waiting_.empty(); });
        show_all(lock);
        latest_ = std::max(latest_, clock_());
        if (ended_ || (woken && latest_ - ticked < kTickSeconds)) continue;
        ticked = latest_;
        lock.unlock();
        observer_.tick(ticked);
        lock.lock();
    }
}

void EventQueue::start() {
    std::unique_lock lock(mutex_);
    if (std::exchange(started_, true)) return;
    auto thread = start_thread([this]() -> Status {
        run();
        return {};
    });
    if (thread) {
        thread_ = *std::move(thread);
        return;
    }
    shown_by_tellers_ = true;
    show_all(lock);
}

Status EventQueue::finish() {
    std::unique_lock lock(mutex_);
    started_ = true;
    ended_ = true;
    changed_.notify_all();
    if (thread_.joinable()) {
        lock.unlock();
        return thread_.join();
    }
    show_all(lock);
    return {};
}

}  // namespace mabplan::runtime
