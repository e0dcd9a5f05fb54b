#include "plans/oci/platform_match.h"

#include "plans/base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace mabplan {

namespace {

constexpr std::uint64_t kHighestLevel = 31;  // of variants we count down from: no real one comes near

// The number in a variant or a part of it; 0 if it is no number or beyond all sense.
std::uint64_t level(std::string_view text) {
    const std::uint64_t number = parse_unsigned(text).value_or(0);
    return number <= kHighestLevel ? number : 0;
}

void add_arm(std::vector<Platform>& list, const Platform& like, std::uint64_t from) {
    constexpr std::uint64_t kOldest = 5;
    Platform platform = like;
    platform.architecture = "arm";
    for (std::uint64_t version = from; version >= kOldest; --version) {
        platform.variant = "v" + std::to_string(version);
        list.push_back(platform);
    }
}

// ARMv9.N holds all of ARMv8.(N+5) (Arm Architecture Reference Manual, "Armv9-A").
void add_arm64(std::vector<Platform>& list, const Platform& like) {
    constexpr std::uint64_t kEightInNine = 5;
    const std::vector<std::string_view> version = split(std::string_view(like.variant).substr(like.variant.empty() ? 0 : 1), '.');
    const std::uint64_t major = like.variant.empty() ? 8 : level(version.front());
    std::uint64_t minor = version.size() > 1 ? level(version[1]) : 0;
    if (major != 8 && major != 9) return;
    Platform platform = like;
    const auto add = [&](std::uint64_t number, std::uint64_t part) {
        platform.variant = "v" + std::to_string(number) + (part == 0 ? "" : "." + std::to_string(part));
        list.push_back(normalize_platform(platform));
    };
    if (major == 9) {
        const std::uint64_t held = minor + kEightInNine;
        while (minor-- > 0) add(9, minor);
        minor = held;
        add(8, minor);
    }
    while (minor-- > 0) add(8, minor);
}

void add_amd64(std::vector<Platform>& list, const Platform& like) {
    Platform platform = like;
    const std::uint64_t own = like.variant.empty() ? 1 : level(std::string_view(like.variant).substr(1));
    for (std::uint64_t below = own; below > 1; --below) {
        platform.variant = below == 2 ? "" : "v" + std::to_string(below - 1);
        list.push_back(platform);
    }
    platform.architecture = "386";
    platform.variant.clear();
    list.push_back(platform);
}

struct WindowsVersion {
    std::array<std::uint64_t, 3> parts{};  // major, minor, build
};

std::optional<WindowsVersion> parse_windows_version(std::string_view text) {
    const std::vector<std::string_view> words = split(text, '.');
    WindowsVersion version;
    if (words.size() < version.parts.size()) return std::nullopt;
    for (std::size_t i = 0; i < version.parts.size(); ++i) {
        const auto number = parse_unsigned(words[i]);
        if (!number) return std::nullopt;
        version.parts[i] = *number;
    }
    return version;
}

// Builds since Windows Server 2022 run the containers of the last long-term release and of all builds since then; older ones run
// their own only (Microsoft, "Windows container version compatibility").
bool windows_runs(std::string_view host_text, std::string_view image_text) {
    constexpr std::array<std::uint64_t, 2> kLongTerm{26100, 20348};  // Server 2025, Server 2022
    if (host_text.empty() || image_text.empty()) return true;
    const auto host = parse_windows_version(host_text);
    const auto image = parse_windows_version(image_text);
    if (!host || !image) return host_text == image_text;
    if (host->parts[0] != image->parts[0] || host->parts[1] != image->parts[1]) return false;
    const std::uint64_t ours = host->parts[2];
    const std::uint64_t its = image->parts[2];
    for (const std::uint64_t release : kLongTerm)
        if (ours >= release) return its >= release && its <= ours;
    return ours == its;
}

bool has_features(const Platform& wanted, const Platform& offered) {
    return std::includes(wanted.os_features.begin(), wanted.os_features.end(), offered.os_features.begin(), offered.os_features.end());
}

// The place of `offered` among what serves `wanted`, features left aside. Both are normalised.
std::optional<std::size_t> find_position(MatchRule rule, const Platform& wanted, const Platform& offered) {
    if (wanted.os != offered.os) return std::nullopt;
    if (wanted.os == "windows" && !windows_runs(wanted.os_version, offered.os_version)) return std::nullopt;
    const auto same_machine = [&offered](const Platform& platform) {
        return platform.architecture == offered.architecture && platform.variant == offered.variant;
    };
    if (rule == MatchRule::SameOs) return wanted.architecture == offered.architecture ? (same_machine(wanted) ? 0 : 1) : 2;
    if (rule == MatchRule::Exact) return same_machine(wanted) ? std::optional<std::size_t>(0) : std::nullopt;
    const std::vector<Platform> fallbacks = platform_fallbacks(wanted);
    const auto found = std::find_if(fallbacks.begin(), fallbacks.end(), same_machine);
    if (found == fallbacks.end()) return std::nullopt;
    return static_cast<std::size_t>(found - fallbacks.begin());
}

}  // namespace

std::vector<Platform> platform_fallbacks(const Platform& wanted) {
    constexpr std::uint64_t kNewestArm32 = 8;
    const Platform first = normalize_platform(wanted);
    std::vector<Platform> list{first};
    if (first.architecture == "amd64") add_amd64(list, first);
    if (first.architecture == "arm64") {
        add_arm64(list, first);
        add_arm(list, first, kNewestArm32);
    }
    if (first.architecture == "arm") {
        const std::uint64_t version = level(std::string_view(first.variant).substr(1));
        if (version > 0 && version <= kNewestArm32) add_arm(list, first, version - 1);
    }
    return list;
}

bool platform_matches(MatchRule rule, const Platform& wanted, const Platform& offered) {
    return rank_platform(rule, wanted, offered).group == PlatformRank::Group::Match;
}

PlatformRank rank_platform(MatchRule rule, const Platform& wanted, const Platform& offered) {
    const Platform ours = normalize_platform(wanted);
    const Platform its = normalize_platform(offered);
    const auto position = find_position(rule, ours, its);
    if (!position) return {};
    if (!has_features(ours, its)) return {PlatformRank::Group::MatchWithoutFeatures, *position, 0};
    return {PlatformRank::Group::Match, *position, ours.os_features.size() - its.os_features.size()};
}

std::optional<std::size_t> choose_platform(const Platform& wanted, std::span<const Platform> offered) {
    std::optional<std::size_t> best;
    PlatformRank best_rank;
    for (std::size_t i = 0; i < offered.size(); ++i) {
        const PlatformRank rank = rank_platform(MatchRule::Compatible, wanted, offered[i]);
        if (rank.group != PlatformRank::Group::Match || (best && best_rank <= rank)) continue;
        best = i;
        best_rank = rank;
    }
    return best;
}

}  // namespace mabplan
