// What a stage has become after some of its instructions: the value that lowering folds over. A stage built FROM another starts with
// a copy of that one's.
#pragma once

#include "compiler/lower/config_draft.h"
#include "plans/model/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace mabplan::compiler {

struct StageState {
    Platform platform;              // that its programs are made for
    std::optional<ActionId> root;   // nothing: empty
    ConfigDraft config;
    std::vector<HistoryEntry> history;
    std::vector<std::string> variables;  // "NAME=value" of ENV and ARG, the later of one name in place of the earlier
    std::vector<std::string> arguments;  // names of the ARGs in scope that have a value, in order
    bool has_cmd = false;                // this stage has set CMD itself: a later ENTRYPOINT keeps it
};

}  // namespace mabplan::compiler
