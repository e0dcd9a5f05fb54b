#include "runtime/exec/work_list.h"

#include "plans/model/action.h"
#include "runtime/exec/action_stack.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace mabplan::runtime {

namespace {

bool has_way_out(const Action& action) {
    const auto* run = std::get_if<RunAction>(&action.work);
    return run != nullptr && run->network == Network::Default;
}

// Whether an action is found done: asked once of each. One that stands on, or takes from, what is made anew does not count, since it was
// made from something else: what it is then is for who executes it to find out, by content.
class KnownAnswers {
public:
    KnownAnswers(const Plan& plan, const std::function<Result<bool>(ActionId)>& is_done)
        : plan_(plan), is_done_(is_done), answers_(plan.actions.size()), blocked_(plan.actions.size()) {}

    Result<bool> ask(ActionId id) {
        if (blocked_[id.index]) return false;
        auto& answer = answers_[id.index];
        if (!answer) {
            MABPLAN_TRY(done, is_done_(id));
            answer = done;
        }
        return *answer;
    }
    // True if there were such among them. Inputs come first in a plan.
    bool block(const WorkList& list) {
        std::vector<bool> is_made(plan_.actions.size());
        for (const ActionId id : list.missing) is_made[id.index] = true;
        for (std::size_t i = 0; i < is_made.size(); ++i)
            for (const ActionId input : inputs_of(plan_.actions[i].work))
                if (is_made[input.index]) is_made[i] = true;
        bool found = false;
        for (const ActionId id : list.cached) {
            if (!is_made[id.index]) continue;
            blocked_[id.index] = found = true;
        }
        return found;
    }

private:
    const Plan& plan_;
    const std::function<Result<bool>(ActionId)>& is_done_;
    std::vector<std::optional<bool>> answers_;
    std::vector<bool> blocked_;
};

class WorkFinder {
public:
    WorkFinder(const Plan& plan, KnownAnswers& answers) : plan_(plan), answers_(answers), list_{Schedule(plan.actions.size()), {}, {}} {}

    // From the lowest up: a long chain needs no deep recursion.
    Status want_chain(const std::optional<ActionId>& id) {
        for (const ActionId each : stack_of(plan_, id)) MABPLAN_CHECK(want(each));
        return {};
    }
    WorkList take() { return std::move(list_); }

private:
    Status want(ActionId id) {
        if (list_.schedule.state(id) != ActionState::Idle) return {};
        const Action& action = plan_.action(id);
        if (std::holds_alternative<ImageAction>(action.work)) {
            list_.schedule.settle(id);
            return {};
        }
        MABPLAN_TRY(done, answers_.ask(id));
        if (done) {
            list_.schedule.settle(id);
            list_.cached.push_back(id);
            return {};
        }
        const std::vector<ActionId> inputs = inputs_of(action.work);
        for (const ActionId input : inputs) MABPLAN_CHECK(want_chain(input));
        list_.schedule.want(id, inputs);
        list_.missing.push_back(id);
        return {};
    }

    const Plan& plan_;
    KnownAnswers& answers_;
    WorkList list_;
};

}  // namespace

Result<WorkList> find_work(const Plan& plan, const std::function<Result<bool>(ActionId)>& is_done) {
    KnownAnswers answers(plan, is_done);
    for (;;) {
        WorkFinder finder(plan, answers);
        for (const Target& target : plan.targets)
            for (const Cell& cell : target.cells) MABPLAN_CHECK(finder.want_chain(cell.root));
        WorkList list = finder.take();
        if (!answers.block(list)) return list;
    }
}

// Inputs come first in a plan: what needs an action has been seen when it is reached from the end.
std::vector<bool> required_actions(const Plan& plan) {
    std::vector<bool> required(plan.actions.size());
    for (const Target& target : plan.targets)
        for (const Cell& cell : target.cells)
            if (!cell.optional && cell.root) required[cell.root->index] = true;
    for (std::size_t i = plan.actions.size(); i-- > 0;)
        if (required[i])
            for (const ActionId input : inputs_of(plan.actions[i].work)) required[input.index] = true;
    return required;
}

bool connects(const Plan& plan, std::span<const ActionId> missing) {
    return std::any_of(missing.begin(), missing.end(), [&](ActionId id) { return has_way_out(plan.action(id)); });
}

bool connects_side_by_side(const Plan& plan, std::span<const ActionId> missing) {
    std::vector<std::size_t> in_line(plan.actions.size());  // as many of them end with this action
    std::size_t all = 0, longest = 0;
    std::vector<bool> is_missing(plan.actions.size());
    for (const ActionId id : missing) is_missing[id.index] = true;
    for (std::size_t i = 0; i < plan.actions.size(); ++i) {
        for (const ActionId input : inputs_of(plan.actions[i].work)) in_line[i] = std::max(in_line[i], in_line[input.index]);
        if (!has_way_out(plan.actions[i]) || !is_missing[i]) continue;
        ++all;
        longest = std::max(longest, ++in_line[i]);
    }
    return longest < all;
}

}  // namespace mabplan::runtime
