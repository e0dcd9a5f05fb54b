// What each action of a plan is called in front of people: where it stands, and for which platform it works. Knows the plan alone.
#pragma once

#include "plans/model/plan.h"

#include <string>
#include <vector>

namespace mabplan::tools {

struct StepName {
    std::string target;       // empty where the plan has one only, or where several need the action
    std::string stage;        // "builder", "stage-1"
    std::size_t ordinal = 0;  // of the instruction in its stage; FROM is 1
    std::size_t count = 0;    // of the stage's instructions that do something
    // "linux/arm64"; "linux/amd64->arm64" where the stage has another platform than the one image that needs it; what the images have that
    // need it where the stage has none ("linux/amd64,arm64", "8 platforms")
    std::string platform;
    std::string text;  // the instruction on one line, without control codes

    std::string place() const;  // "app/builder 2/5"
    std::string label() const;  // "[linux/arm64 app/builder 2/5]"
    std::string title() const;  // the label and the instruction, shortened
};

// By the place of the action in Plan::actions.
std::vector<StepName> name_steps(const Plan& plan);

}  // namespace mabplan::tools
