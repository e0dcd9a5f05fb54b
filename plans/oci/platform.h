// os/arch/variant: what an image is for. Text form, normalisation and matching follow containerd/platforms.
#pragma once

#include "plans/base/result.h"

#include <compare>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

struct Platform {
    std::string os;            // "linux"
    std::string architecture;  // GOARCH names: "amd64", "arm64", "arm", "386", …
    std::string variant;       // "" or "v7", …; normalised: arm64 has none for v8, arm always has one
    std::string os_version;
    std::vector<std::string> os_features;

    bool operator==(const Platform&) const = default;
    auto operator<=>(const Platform&) const = default;
};

// "os[(version+feature…)][/arch[/variant]]", or a single os or architecture; what is left out comes from `host`. Aliases (x86_64,
// aarch64, armhf, …) are resolved and the result is normalised. An input error for anything else.
Result<Platform> parse_platform(std::string_view text, const Platform& host);
// The same without the normalisation: arm64/v8 keeps its variant, arm stays without one (containerd/platforms, Parse).
Result<Platform> parse_platform_as_written(std::string_view text, const Platform& host);
// The same name for the same platform: arm64/v8 -> arm64, arm -> arm/v7, armhf -> arm/v7, armel -> arm/v6, x86_64 -> amd64;
// features sorted, each once. An empty architecture stays empty.
Platform normalize_platform(Platform platform);
// "linux/arm/v7".
std::string format_platform(const Platform& platform);
// "windows(10.0.17763+win32k)/amd64": with version and features; parse_platform reads it back.
std::string format_platform_full(const Platform& platform);
// "linux-arm-v7" with the separator of choice: for file and cell names.
std::string platform_slug(const Platform& platform, char separator = '-');
// The version of the ARM architecture in a machine name as uname tells it: "armv7l" -> "7", "aarch64" -> "8"; "unknown" for a
// version that is not known; an input error for what is not ARM.
Result<std::string> arm_version(std::string_view machine);

// The platforms an image may have to serve `wanted`, best first: itself, then what runs in its place
// (amd64/v3 -> v2 -> v1 -> 386; arm/v7 -> v6 -> v5; arm64 -> arm/v8 … v5). More rules: platform_match.h.
std::vector<Platform> platform_fallbacks(const Platform& wanted);
// The index of the best of `offered` for `wanted`, the first of equals; nothing if none fits.
std::optional<std::size_t> choose_platform(const Platform& wanted, std::span<const Platform> offered);

}  // namespace mabplan
