// Which platforms an image may have to serve another, and how they are sorted for it. Follows containerd/platforms.
#pragma once

#include "plans/oci/platform.h"

#include <compare>
#include <cstddef>

namespace mabplan {

enum class MatchRule {
    Exact,       // this platform only, after normalisation
    Compatible,  // this platform and those that run in its place
    SameOs,      // any architecture of the same os
};

// Features of `offered` must all be among those of `wanted`; the os version counts on Windows only.
bool platform_matches(MatchRule rule, const Platform& wanted, const Platform& offered);

// Where `offered` stands when platforms are sorted for `wanted`: smaller is better.
struct PlatformRank {
    enum class Group { Match, MatchWithoutFeatures, Other };
    Group group = Group::Other;
    std::size_t position = 0;  // among the fallbacks
    std::size_t missing = 0;   // features of `wanted` that it lacks
    auto operator<=>(const PlatformRank&) const = default;
};
PlatformRank rank_platform(MatchRule rule, const Platform& wanted, const Platform& offered);

}  // namespace mabplan
