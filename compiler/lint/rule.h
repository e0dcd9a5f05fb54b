// The rules for Dockerfiles: names, fixed texts and when they are looked at. BuildKit's have the names, texts and addresses it gives
// them, since editors and pipelines know those. Does not know how a rule is checked.
#pragma once

#include <span>
#include <string_view>

namespace mabplan::compiler {

// In the order of the table.
enum class RuleId {
    StageNameCasing,
    FromAsCasing,
    NoEmptyContinuation,
    ConsistentInstructionCasing,
    DuplicateStageName,
    ReservedStageName,
    JsonArgsRecommended,
    MaintainerDeprecated,
    UndefinedArgInFrom,
    WorkdirRelativePath,
    UndefinedVar,
    MultipleInstructionsDisallowed,
    LegacyKeyValueFormat,
    InvalidBaseImagePlatform,
    RedundantTargetPlatform,
    SecretsUsedInArgOrEnv,
    InvalidDefaultArgInFrom,
    FromPlatformFlagConstDisallowed,
    CopyIgnoredFile,
    InvalidDefinitionDescription,
    ExposeProtoCasing,
    ExposeInvalidFormat,
    UnpinnedBaseImage,
    NetworkInHermeticTarget,
    AddUrlWithoutChecksum,
    FinalStageOnBuildPlatform,
    EmulatedStageCouldCrossCompile,
    JsonArgsBroken,
    CarriageReturnsInHereDocument,
    LinkedCopyIntoTmp,
};

enum class RuleOrigin { BuildKit, Own };
enum class RuleUse {
    Always,
    OnRequest,  // only where `experimental=` names it: a matter of taste, or too common to be told unasked
};

struct Rule {
    RuleId id;
    std::string_view name;
    std::string_view description;
    std::string_view url;  // empty if there is no page about it
    RuleOrigin origin = RuleOrigin::BuildKit;
    RuleUse use = RuleUse::Always;
};

std::span<const Rule> all_rules();
const Rule& rule_of(RuleId id);

}  // namespace mabplan::compiler
