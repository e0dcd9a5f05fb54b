#include "runtime/sched/schedule.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

bool is_open(ActionState state) { return state == ActionState::Waiting || state == ActionState::Ready || state == ActionState::Running; }

}  // namespace

void Schedule::move_to(ActionId id, ActionState state) {
    Node& node = nodes_[id.index];
    open_ += is_open(state) ? 1 : 0;
    open_ -= is_open(node.state) ? 1 : 0;
    running_ += state == ActionState::Running ? 1 : 0;
    running_ -= node.state == ActionState::Running ? 1 : 0;
    node.state = state;
    if (state == ActionState::Ready) ready_.push_back(id);
}

void Schedule::want(ActionId id, std::span<const ActionId> inputs) {
    if (state(id) != ActionState::Idle) return;
    bool hopeless = false;
    std::uint32_t missing = 0;
    for (const ActionId input : inputs) {
        const ActionState now = state(input);
        hopeless = hopeless || now == ActionState::Failed || now == ActionState::Skipped;
        if (now == ActionState::Done) continue;
        nodes_[input.index].users.push_back(id);
        ++missing;
    }
    nodes_[id.index].missing = missing;
    move_to(id, hopeless ? ActionState::Skipped : missing > 0 ? ActionState::Waiting : ActionState::Ready);
}

void Schedule::settle(ActionId id) {
    if (state(id) == ActionState::Idle) move_to(id, ActionState::Done);
}

bool Schedule::has_ready() const {
    return std::any_of(ready_.begin(), ready_.end(), [this](ActionId id) { return state(id) == ActionState::Ready; });
}

std::optional<ActionId> Schedule::take() {
    while (!ready_.empty()) {
        const ActionId id = ready_.front();
        ready_.pop_front();
        if (state(id) != ActionState::Ready) continue;  // skipped meanwhile
        move_to(id, ActionState::Running);
        return id;
    }
    return std::nullopt;
}

void Schedule::finish(ActionId id, bool succeeded) {
    move_to(id, succeeded ? ActionState::Done : ActionState::Failed);
    if (!succeeded) return skip_users(id);
    for (const ActionId user : nodes_[id.index].users)
        if (--nodes_[user.index].missing == 0 && state(user) == ActionState::Waiting) move_to(user, ActionState::Ready);
}

void Schedule::skip_users(ActionId id) {
    std::vector<ActionId> pending{id};
    while (!pending.empty()) {
        const ActionId next = pending.back();
        pending.pop_back();
        for (const ActionId user : nodes_[next.index].users) {
            if (state(user) != ActionState::Waiting && state(user) != ActionState::Ready) continue;
            move_to(user, ActionState::Skipped);
            pending.push_back(user);
        }
    }
}

void Schedule::cancel() {
    for (std::uint32_t index = 0; index < nodes_.size(); ++index)
        if (state({index}) == ActionState::Waiting || state({index}) == ActionState::Ready) move_to({index}, ActionState::Skipped);
}

}  // namespace mabplan::runtime
