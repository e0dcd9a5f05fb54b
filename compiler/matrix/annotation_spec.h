// One annotation as users write it: `--annotation` of the command line and `annotations` of mabplan.yaml. Knows buildx's spelling;
// does not know which platforms are built.
#pragma once

#include "plans/base/result.h"
#include "plans/oci/platform.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

enum class AnnotationLevel { Manifest, ManifestDescriptor, Index, IndexDescriptor };

// What is annotated.
struct AnnotationScope {
    AnnotationLevel level = AnnotationLevel::Manifest;
    std::optional<Platform> platform;  // of one manifest; nothing: of each
    bool operator==(const AnnotationScope&) const = default;
};

struct AnnotationSpec {
    std::vector<AnnotationScope> scopes;  // at least one
    std::string key;
    std::string value;
    std::optional<SourcePlace> place;  // nothing: from the command line
};

// `name` is "[TYPE[PLATFORM],…:]KEY", PLATFORM in brackets as in "manifest[linux/arm64]:KEY"; without a type it is for the manifests
// (buildx, util/buildflags/export.go). Input errors: an unknown type, a platform of an index or one that is none, a key that is
// empty or has white space.
Result<AnnotationSpec> parse_annotation(std::string_view name, std::string value, const std::optional<SourcePlace>& place = std::nullopt);

}  // namespace mabplan::compiler
