#include "plans/oci/known_platform.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace mabplan {

namespace {

const std::array<std::string, 16> kSystems{"aix", "android", "darwin", "dragonfly", "freebsd", "hurd",  "illumos", "ios",
                                           "js",  "linux",   "nacl",   "netbsd",    "openbsd", "plan9", "solaris", "windows"};
// Names that others than Go's toolchain of the list above have: docker's documentation builds for wasi/wasm.
const std::array<std::string, 4> kMoreSystems{"wasi", "wasip1", "wasip2", "zos"};
const std::array<std::string, 23> kArchitectures{
    "386",         "amd64", "arm",   "armbe",   "arm64", "arm64be", "loong64", "mips",  "mipsle", "mips64",  "mips64le", "mips64p32",
    "mips64p32le", "ppc",   "ppc64", "ppc64le", "riscv", "riscv64", "s390",    "s390x", "sparc",  "sparc64", "wasm"};
// Those that Linux runs on and images are made for.
const std::array<std::string, 15> kLinuxArchitectures{"386",      "amd64", "arm",     "arm64",   "loong64", "mips",    "mipsle", "mips64",
                                                      "mips64le", "ppc64", "ppc64le", "riscv64", "s390x",   "sparc64", "ppc"};
// Where variants are counted. Those of others are names that no list has ("riscv64/rva22u64", "mips/softfloat").
const std::array<std::pair<std::string_view, std::pair<std::uint64_t, std::uint64_t>>, 3> kVersions{
    {{"amd64", {1, 4}}, {"arm", {5, 8}}, {"arm64", {8, 9}}}};

bool is_one_of(std::string_view word, std::span<const std::string> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// "arm32v6/…" as "arm/v6", "arm64/v8" as "linux/arm64/v8" where the host is Linux. Other texts stay.
std::string spelt_out(std::string_view text, const Platform& host) {
    std::vector<std::string> parts;
    for (const std::string_view part : split(text, '/')) parts.emplace_back(part);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::string word = to_lower(parts[i]);
        const bool is_prefix = word.starts_with("arm32") || (word.starts_with("arm64v") && word.size() > 6);
        if (!is_prefix) continue;
        const std::string variant = word.substr(5);
        parts[i] = word.starts_with("arm32") ? "arm" : "arm64";
        if (!variant.empty()) parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(i) + 1, variant);
        break;
    }
    const Platform first{to_lower(parts.front()), {}, {}, {}, {}};
    const bool lacks_system = parts.size() == 2 && !is_one_of(first.os, kSystems) &&
                              is_one_of(normalize_platform({{}, first.os, {}, {}, {}}).architecture, kArchitectures);
    return format("{}{}", lacks_system ? host.os + "/" : std::string{}, join(parts, "/"));
}

Failure unknown(std::string_view text, const std::string& why, std::string hint) {
    return fail(ErrorKind::Input, format("{} is no platform that exists: {}", quoted(text), why), std::move(hint));
}

std::string meant(std::string_view before, std::string_view word, std::span<const std::string> known, std::string_view after = {}) {
    std::string nearest = nearest_word(word, known);
    return nearest.empty() ? std::string{} : format("did you mean {}?", quoted(format("{}{}{}", before, nearest, after)));
}

// "armv7", "armv7l" and "armv8" are machines: arm/v7, and arm64.
std::optional<std::string> machine_meant(std::string_view word) {
    if (!word.starts_with("armv") || word.size() < 5 || word[4] < '5' || word[4] > '8') return std::nullopt;
    const std::string_view rest = word.substr(5);
    if (!rest.empty() && rest != "l" && rest != "hf") return std::nullopt;
    return word[4] == '8' ? std::string("arm64") : format("arm/v{}", word[4]);
}

Status check_variant(std::string_view text, const Platform& platform) {
    const auto known =
        std::find_if(kVersions.begin(), kVersions.end(), [&](const auto& entry) { return entry.first == platform.architecture; });
    if (known == kVersions.end() || platform.variant.empty()) return {};
    const auto [least, most] = known->second;
    const std::string_view digits = std::string_view(platform.variant).substr(1);
    const auto version = platform.variant.front() == 'v' ? parse_unsigned(digits.substr(0, digits.find('.'))) : std::nullopt;
    if (version && *version >= least && *version <= most) return {};
    return unknown(text, format("{} has no variant {}", platform.architecture, quoted(platform.variant)),
                   format("the variants are v{} to v{}", least, most));
}

}  // namespace

std::span<const std::string> known_systems() { return kSystems; }
std::span<const std::string> known_architectures() { return kArchitectures; }
bool is_known_system(std::string_view name) { return is_one_of(name, kSystems); }
bool is_known_architecture(std::string_view name) { return is_one_of(name, kArchitectures); }

std::string nearest_architecture(std::string_view word, std::span<const std::string> known) {
    static const std::array<std::string, 10> kOtherNames{"aarch64", "armel", "armhf", "armv5", "armv6",
                                                         "armv7",   "armv8", "i386",  "i686",  "x86_64"};
    if (const auto machine = machine_meant(word)) return *machine;
    std::vector<std::string> names(known.begin(), known.end());
    names.insert(names.end(), kOtherNames.begin(), kOtherNames.end());
    std::string nearest = nearest_word(word, names);
    if (nearest.empty() || is_one_of(nearest, known)) return nearest;
    if (const auto machine = machine_meant(nearest)) return *machine;
    const Platform platform = normalize_platform({{}, nearest, {}, {}, {}});
    return platform.variant.empty() ? platform.architecture : format("{}/{}", platform.architecture, platform.variant);
}

Result<Platform> parse_known_platform(std::string_view text, const Platform& host) {
    MABPLAN_TRY(platform, parse_platform(spelt_out(text, host), host));
    const std::string variant = platform.variant.empty() ? std::string{} : "/" + platform.variant;
    if (!is_one_of(platform.os, kSystems) && !is_one_of(platform.os, kMoreSystems))
        return unknown(text, format("there is no system {}", quoted(platform.os)),
                       meant("", platform.os, kSystems, format("/{}{}", platform.architecture, variant)));
    if (platform.os == "linux" && !is_one_of(platform.architecture, kLinuxArchitectures)) {
        const std::string nearest = nearest_architecture(platform.architecture, kLinuxArchitectures);
        const std::string_view own_variant = nearest.find('/') == std::string::npos ? std::string_view(variant) : std::string_view{};
        std::string hint = nearest.empty() ? std::string{} : format("did you mean {}?", quoted(format("linux/{}{}", nearest, own_variant)));
        if (hint.empty()) hint = format("Linux has {}", join(kLinuxArchitectures, ", "));
        return unknown(text, format("Linux has no architecture {}", quoted(platform.architecture)), std::move(hint));
    }
    MABPLAN_CHECK(check_variant(text, platform));
    return platform;
}

}  // namespace mabplan
