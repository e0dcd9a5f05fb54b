// Which action may start next. Explicit states, one transition function; knows nothing of what an action is or how it is executed.
//
//   Idle --want--> Waiting --all inputs Done--> Ready --take--> Running --finish--> Done | Failed
//   Waiting/Ready --an input Failed or Skipped, or cancel--> Skipped
#pragma once

#include "plans/model/action.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace mabplan::runtime {

enum class ActionState : std::uint8_t { Idle, Waiting, Ready, Running, Done, Failed, Skipped };

class Schedule {
public:
    explicit Schedule(std::size_t actions) : nodes_(actions) {}

    // The action is to be done; its inputs must be wanted or settled before. A second call changes nothing.
    void want(ActionId id, std::span<const ActionId> inputs);
    // The action is done already, nothing has to run for it.
    void settle(ActionId id);

    // The next action to run, in the order in which they became ready; nothing if none is ready now.
    std::optional<ActionId> take();
    void finish(ActionId id, bool succeeded);
    // Nothing more is started; what runs goes on.
    void cancel();

    ActionState state(ActionId id) const { return nodes_[id.index].state; }
    bool has_ready() const;  // one that take() would give
    std::size_t running() const { return running_; }
    std::size_t open() const { return open_; }  // waiting, ready or running

private:
    struct Node {
        ActionState state = ActionState::Idle;
        std::uint32_t missing = 0;  // inputs that are not done
        std::vector<ActionId> users;
    };
    void move_to(ActionId id, ActionState state);
    void skip_users(ActionId id);

    std::vector<Node> nodes_;
    std::deque<ActionId> ready_;
    std::size_t running_ = 0;
    std::size_t open_ = 0;
};

}  // namespace mabplan::runtime
