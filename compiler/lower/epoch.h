// What the build argument SOURCE_DATE_EPOCH says: seconds, or something remote whose time counts. Asks nobody
// for that time.
#pragma once

#include "compiler/dockerfile/shell_words.h"
#include "compiler/lower/arguments.h"
#include "compiler/stages/stage_graph.h"
#include "plans/model/action.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace mabplan::compiler {

struct UnsetEpoch {
    bool operator==(const UnsetEpoch&) const = default;
};
// Seconds since 1970, a remote file, a commit of a repository, or nothing known here.
using Epoch = std::variant<UnsetEpoch, std::int64_t, FetchAction, GitAction>;

// How a cell was given its time: commands see the number, not a word that stands for it.
enum class EpochSource {
    None,  // not by an argument
    Number,
    Word,        // a build argument that names something
    GlobalWord,  // the same, as the default of an ARG before the first FROM
};

struct CellEpoch {
    std::optional<std::int64_t> seconds;  // since 1970; nothing: not given, or not known
    EpochSource source = EpochSource::None;
};

// `value` is a number, "context" (the commit of the build context: a folder has none) or the name of a stage that is only a source:
// FROM scratch, ARG lines and one ADD of something remote. Input errors for anything else.
Result<Epoch> parse_epoch(const std::string& value, const StageGraph& graph, const BuildArguments& given, const WordRules& rules);

// The one remote source that such a stage adds.
Result<Epoch> epoch_source(const Stage& stage, const StageGraph& graph, const BuildArguments& given, const WordRules& rules);

}  // namespace mabplan::compiler
