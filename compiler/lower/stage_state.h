// What a stage has become after some of its instructions: the value that lowering folds over. A stage built FROM another starts with
// a copy of that one's.
#pragma once

#include "compiler/lower/config_draft.h"
#include "compiler/lower/environment_list.h"
#include "compiler/lower/history.h"
#include "compiler/lower/lowering_observer.h"
#include "compiler/lower/name_list.h"
#include "plans/model/plan.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mabplan::compiler {

struct StageState {
    Platform platform;             // that its programs are made for
    std::optional<ActionId> root;  // nothing: empty
    ConfigDraft config;
    History history;
    EnvironmentList variables;          // of ENV and ARG, the later of one name in place of the earlier
    NameList arguments;                 // names of the ARGs in scope, with a value or without
    std::vector<std::string> triggers;  // ONBUILD of the base, waiting for a stage to be built on it
    bool has_cmd = false;               // this stage has set CMD itself: a later ENTRYPOINT keeps it
    bool may_set_more = false;          // the base is a guess: the real one may set any variable
    bool has_workdir = false;           // a WORKDIR of this Dockerfile was met, here or in the stages below
};

// One instruction on its way into a state: what every function of the lowering is given.
struct Step {
    const Instruction& at;
    const Stage& stage;
    StageState& state;
    bool from_trigger = false;

    Sighting sighting() const { return {stage, from_trigger ? *stage.from : at, from_trigger}; }
};

}  // namespace mabplan::compiler
