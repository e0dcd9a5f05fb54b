// Events as lines of JSON for programs, of the schema mabplan-events-1, which plans/README.md describes. Knows the plan and the form; does
// not know where lines go.
#pragma once

#include "plans/model/plan.h"
#include "runtime/events/build_event.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::tools {

class EventJson {
public:
    // The plan must outlive it.
    explicit EventJson(const Plan& plan);

    // Before all others: says the schema.
    static std::string first_line();
    // One line, with its line feed. Two, where a step ended in the middle of a character, and none, where there is no more than its start.
    std::string lines(const runtime::BuildEvent& event);

    // What is said of an action beside what it says itself.
    struct Place {
        std::vector<std::string> targets{};  // that need it, in the order of the plan
        std::optional<Platform> platform{};  // that of a command, else of what it stands on
    };

private:
    std::string whole_characters(ActionId id, std::string bytes);
    const std::vector<Place>& places();

    const Plan& plan_;
    std::vector<Place> places_;                 // of each action, once one is told of
    std::map<std::uint32_t, std::string> cut_;  // by action: the start of a character, to which the rest of its output belongs
};

}  // namespace mabplan::tools
