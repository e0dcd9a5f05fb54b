#include "compiler/lint/rule.h"

#include <array>

// The page of a BuildKit rule.
#define MABPLAN_PAGE(name) "https://docs.docker.com/go/dockerfile/rule/" name "/"

namespace mabplan::compiler {

namespace {

constexpr std::array<Rule, 30> kRules{{
    {RuleId::StageNameCasing, "StageNameCasing", "Stage names should be lowercase", MABPLAN_PAGE("stage-name-casing")},
    {RuleId::FromAsCasing, "FromAsCasing", "The 'as' keyword should match the case of the 'from' keyword", MABPLAN_PAGE("from-as-casing")},
    {RuleId::NoEmptyContinuation, "NoEmptyContinuation", "Empty continuation lines will become errors in a future release",
     MABPLAN_PAGE("no-empty-continuation")},
    {RuleId::ConsistentInstructionCasing, "ConsistentInstructionCasing",
     "All commands within the Dockerfile should use the same casing (either upper or lower)",
     MABPLAN_PAGE("consistent-instruction-casing")},
    {RuleId::DuplicateStageName, "DuplicateStageName", "Stage names should be unique", MABPLAN_PAGE("duplicate-stage-name")},
    {RuleId::ReservedStageName, "ReservedStageName", "Reserved words should not be used as stage names",
     MABPLAN_PAGE("reserved-stage-name")},
    {RuleId::JsonArgsRecommended, "JSONArgsRecommended",
     "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
     MABPLAN_PAGE("json-args-recommended")},
    {RuleId::MaintainerDeprecated, "MaintainerDeprecated",
     "The MAINTAINER instruction is deprecated, use a label instead to define an image author", MABPLAN_PAGE("maintainer-deprecated")},
    {RuleId::UndefinedArgInFrom, "UndefinedArgInFrom", "FROM command must use declared ARGs", MABPLAN_PAGE("undefined-arg-in-from")},
    {RuleId::WorkdirRelativePath, "WorkdirRelativePath",
     "Relative workdir without an absolute workdir declared within the build can have unexpected results if the "
     "base image changes",
     MABPLAN_PAGE("workdir-relative-path")},
    {RuleId::UndefinedVar, "UndefinedVar", "Variables should be defined before their use", MABPLAN_PAGE("undefined-var")},
    {RuleId::MultipleInstructionsDisallowed, "MultipleInstructionsDisallowed",
     "Multiple instructions of the same type should not be used in the same stage", MABPLAN_PAGE("multiple-instructions-disallowed")},
    {RuleId::LegacyKeyValueFormat, "LegacyKeyValueFormat", "Legacy key/value format with whitespace separator should not be used",
     MABPLAN_PAGE("legacy-key-value-format")},
    {RuleId::InvalidBaseImagePlatform, "InvalidBaseImagePlatform", "Base image platform does not match expected target platform", {}},
    {RuleId::RedundantTargetPlatform, "RedundantTargetPlatform",
     "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
     MABPLAN_PAGE("redundant-target-platform")},
    {RuleId::SecretsUsedInArgOrEnv, "SecretsUsedInArgOrEnv", "Sensitive data should not be used in the ARG or ENV commands",
     MABPLAN_PAGE("secrets-used-in-arg-or-env")},
    {RuleId::InvalidDefaultArgInFrom, "InvalidDefaultArgInFrom",
     "Default value for global ARG results in an empty or invalid base image name", MABPLAN_PAGE("invalid-default-arg-in-from")},
    {RuleId::FromPlatformFlagConstDisallowed, "FromPlatformFlagConstDisallowed", "FROM --platform flag should not use a constant value",
     MABPLAN_PAGE("from-platform-flag-const-disallowed")},
    {RuleId::CopyIgnoredFile, "CopyIgnoredFile", "Attempting to Copy file that is excluded by .dockerignore",
     MABPLAN_PAGE("copy-ignored-file")},
    {RuleId::InvalidDefinitionDescription, "InvalidDefinitionDescription",
     "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is "
     "not intended to be a description comment, add an empty line or comment between the instruction and the "
     "comment.",
     MABPLAN_PAGE("invalid-definition-description"), RuleOrigin::BuildKit, RuleUse::OnRequest},
    {RuleId::ExposeProtoCasing, "ExposeProtoCasing", "Protocol in EXPOSE instruction should be lowercase",
     MABPLAN_PAGE("expose-proto-casing")},
    {RuleId::ExposeInvalidFormat, "ExposeInvalidFormat",
     "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a "
     "future release",
     MABPLAN_PAGE("expose-invalid-format")},
    {RuleId::UnpinnedBaseImage,
     "UnpinnedBaseImage",
     "A base image without a digest may be another one tomorrow",
     {},
     RuleOrigin::Own,
     RuleUse::OnRequest},
    {RuleId::NetworkInHermeticTarget,
     "NetworkInHermeticTarget",
     "A target without network should have no command that asks for one",
     {},
     RuleOrigin::Own},
    {RuleId::AddUrlWithoutChecksum, "AddUrlWithoutChecksum", "What ADD fetches should be held to a checksum", {}, RuleOrigin::Own},
    {RuleId::FinalStageOnBuildPlatform,
     "FinalStageOnBuildPlatform",
     "The final stage of a target for several platforms should be on the target platform",
     {},
     RuleOrigin::Own},
    {RuleId::EmulatedStageCouldCrossCompile,
     "EmulatedStageCouldCrossCompile",
     "A stage that only makes files for others runs faster on the build platform, as a cross compiler",
     {},
     RuleOrigin::Own},
    {RuleId::JsonArgsBroken, "JSONArgsBroken", "An array that is no JSON is taken for shell form or plain words", {}, RuleOrigin::Own},
    {RuleId::CarriageReturnsInHereDocument,
     "CarriageReturnsInHereDocument",
     "Lines of a here-document keep their line ends",
     {},
     RuleOrigin::Own},
    {RuleId::LinkedCopyIntoTmp,
     "LinkedCopyIntoTmp",
     "A linked copy makes the folders on its way anew, with the mode 0755",
     {},
     RuleOrigin::Own},
}};

// rule_of() takes the place in the table for the id.
constexpr bool is_in_order() {
    for (std::size_t i = 0; i < kRules.size(); ++i)
        if (static_cast<std::size_t>(kRules[i].id) != i) return false;
    return true;
}
static_assert(is_in_order());

}  // namespace

std::span<const Rule> all_rules() { return kRules; }
const Rule& rule_of(RuleId id) { return kRules[static_cast<std::size_t>(id)]; }

}  // namespace mabplan::compiler
