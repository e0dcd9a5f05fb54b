// Platforms that a person asks for: read as parse_platform does, and they must exist. Images of others may name any; these may not.
#pragma once

#include "plans/oci/platform.h"

#include <span>
#include <string>
#include <string_view>

namespace mabplan {

// The names of the Go toolchain, which image indexes use.
std::span<const std::string> known_systems();
std::span<const std::string> known_architectures();
bool is_known_system(std::string_view name);
bool is_known_architecture(std::string_view name);
// The nearest of the known words, or of the names that machines and compilers have, as images name it: "armv7l" is "arm/v7", "aarch46"
// is "arm64". Empty if none is near.
std::string nearest_architecture(std::string_view word, std::span<const std::string> known);

// Beside what parse_platform reads: an architecture with its variant and no system ("arm64/v8"), and the names of registries'
// prefixes ("arm32", "arm32v6", "arm64v8"). Normalised. An Input error with the nearest platform for one that nobody has: a system, an
// architecture of Linux or a variant of arm, arm64 and amd64 that there is not.
Result<Platform> parse_known_platform(std::string_view text, const Platform& host);

}  // namespace mabplan
