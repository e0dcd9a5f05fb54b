#include "runtime/events/event_backlog.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kLongestSaid = 64U << 10U;  // output is put together up to this

}  // namespace

void EventBacklog::add(double at, Happening what) {
    if (auto* said = std::get_if<Said>(&what)) add_output(at, std::move(*said));
    else if (auto* transfer = std::get_if<Transfer>(&what)) add_transfer(at, std::move(*transfer));
    else push(at, std::move(what));
}

// What still waits at a place in the order; null if it was shown.
BuildEvent* EventBacklog::waiting_at(const std::optional<std::uint64_t>& number) {
    return number && *number >= first_number_ ? &waiting_[*number - first_number_] : nullptr;
}

std::size_t EventBacklog::room_for(const Spoken& spoken) const {
    const auto left = [](std::size_t limit, std::size_t used) { return limit - std::min(limit, used); };
    return std::min(left(limits_.output_of_one, spoken.waiting), left(limits_.output, output_waiting_));
}

void EventBacklog::add_output(double at, Said said) {
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
        else push(at, Said{said.id, std::move(said.bytes)});
    }
    if (lost == 0) return;
    if (BuildEvent* before = waiting_at(spoken.cut_off)) {
        std::get<Unsaid>(before->what).bytes += lost;
        return;
    }
    push(at, Unsaid{said.id, lost});
    spoken.cut_off = first_number_ + waiting_.size() - 1;
}

// The first and the last of a transfer are told always; of those between them the newest is enough.
void EventBacklog::add_transfer(double at, Transfer transfer) {
    const auto known = moving_.find(transfer.number);
    if (transfer.state != TransferState::Going) {
        if (known != moving_.end()) moving_.erase(known);
        return push(at, std::move(transfer));
    }
    if (known == moving_.end()) {
        moving_.emplace(transfer.number, Moving{at, {}});
        return push(at, std::move(transfer));
    }
    Moving& moving = known->second;
    if (BuildEvent* before = waiting_at(moving.waiting)) {
        *before = {before->at, std::move(transfer)};
    } else if (at - moving.told_at >= limits_.between_transfers) {
        moving = {at, first_number_ + waiting_.size()};
        push(at, std::move(transfer));
    }
}

BuildEvent EventBacklog::take_first() {
    BuildEvent event = std::move(waiting_.front());
    waiting_.pop_front();
    ++first_number_;
    if (const auto* said = std::get_if<Said>(&event.what)) {
        spoken_[said->id.index].waiting -= said->bytes.size();
        output_waiting_ -= said->bytes.size();
    }
    return event;
}

}  // namespace mabplan::runtime
