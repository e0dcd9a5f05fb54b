#include "plans/oci/platform.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/base/url_parts.h"
#include "plans/oci/known_platform.h"

#include <algorithm>

namespace mabplan {

namespace {

constexpr std::string_view kEscaped = "%+()/";

struct Machine {
    std::string architecture;
    std::string variant;
};

// Other names of an architecture, and the one spelling of its variants.
Machine normalize_machine(std::string_view architecture, std::string_view variant) {
    Machine machine{to_lower(architecture), to_lower(variant)};
    std::string& arch = machine.architecture;
    std::string& kind = machine.variant;
    if (arch == "i386" || arch == "i486" || arch == "i586" || arch == "i686") return {"386", ""};
    if (arch == "x86_64" || arch == "x86-64") arch = "amd64";
    if (arch == "aarch64") arch = "arm64";
    if (arch == "armhf") return {"arm", "v7"};
    if (arch == "armel") return {"arm", "v6"};
    if (arch == "amd64" && kind == "v1") kind.clear();
    if (arch == "arm" && kind.empty()) kind = "v7";
    const bool is_arm = arch == "arm" || arch == "arm64";
    if (is_arm && !kind.empty() && kind.front() >= '0' && kind.front() <= '9') kind.insert(0, "v");
    if (arch == "arm64" && kind.size() > 3 && kind.ends_with(".0")) kind.resize(kind.size() - 2);
    if (arch == "arm64" && kind == "v8") kind.clear();
    return machine;
}

std::string normalize_system(std::string_view system) {
    std::string os = to_lower(system);
    return os == "macos" ? "darwin" : os;
}

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    });
}

std::string escaped(std::string_view text) {
    return encode_percent(text, [](char c) { return kEscaped.find(c) == std::string_view::npos; });
}

Failure unreadable(std::string_view text, std::string_view why, std::string hint = {}) {
    if (hint.empty()) hint = "write os/architecture or os/architecture/variant, for example linux/arm/v7";
    return fail(ErrorKind::Input, format("{} is not a platform: {}", quoted(text), why), std::move(hint));
}

// In the words of containerd/platforms, which tools look for.
Failure refuse_part(std::string_view text, std::string_view part) {
    return fail(ErrorKind::Input,
                format("{} is an invalid component of {}: platform specifier component must match \"^[A-Za-z0-9_.-]+$\"", quoted(part),
                       quoted(text)),
                "write os/architecture or os/architecture/variant, for example linux/arm/v7");
}

// The part in brackets: "version+feature+feature".
Status read_options(std::string_view options, std::string_view text, Platform& platform) {
    const std::vector<std::string_view> parts = split(options, '+');
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::optional<std::string> part = decode_percent(parts[i]);
        if (!part) return unreadable(text, format("bad escape in {}", quoted(parts[i])), "in brackets, % stands before two hex digits");
        if (i == 0) platform.os_version = *part;
        else if (part->empty()) return unreadable(text, "an empty feature in the brackets");
        else platform.os_features.push_back(*part);
    }
    return {};
}

struct Pieces {
    std::string_view os;
    std::string_view options;
    std::vector<std::string_view> rest;  // architecture, variant
    bool has_options = false;
};

Result<Pieces> cut(std::string_view text) {
    Pieces pieces;
    std::vector<std::string_view> parts = split(text, '/');
    pieces.os = parts.front();
    pieces.rest.assign(parts.begin() + 1, parts.end());
    if (const std::size_t open = pieces.os.find('('); open != std::string_view::npos) {
        if (pieces.os.back() != ')') return unreadable(text, "a bracket is not closed");
        pieces.options = pieces.os.substr(open + 1, pieces.os.size() - open - 2);
        pieces.os = pieces.os.substr(0, open);
        pieces.has_options = true;
    }
    if (pieces.rest.size() > 2) return unreadable(text, "it has more than three parts");
    if (text.empty()) return unreadable(text, "it is empty");
    if (!is_name(pieces.os)) return refuse_part(text, pieces.os);
    for (const std::string_view part : pieces.rest)
        if (!is_name(part)) return refuse_part(text, part);
    return pieces;
}

std::string suggest_single(std::string_view word) {
    std::vector<std::string> known(known_systems().begin(), known_systems().end());
    known.insert(known.end(), known_architectures().begin(), known_architectures().end());
    const std::string nearest = nearest_architecture(word, known);
    const bool has_variant = nearest.find('/') != std::string::npos;
    return nearest.empty() ? std::string{} : format("did you mean {}?", quoted(format("{}{}", has_variant ? "linux/" : "", nearest)));
}

// A single word: an os, or else an architecture.
Status read_single(std::string_view text, const Pieces& pieces, const Platform& host, Platform& platform) {
    platform.os = normalize_system(pieces.os);
    if (is_known_system(platform.os)) {
        platform.architecture = host.architecture;
        platform.variant = host.variant;
        return {};
    }
    const Machine machine = normalize_machine(pieces.os, "");
    if (pieces.has_options || !is_known_architecture(machine.architecture))
        return unreadable(text, "no operating system or architecture of this name is known", suggest_single(pieces.os));
    platform.os = host.os;
    platform.architecture = machine.architecture;
    platform.variant = machine.architecture == "arm" && machine.variant == "v7" ? "" : machine.variant;
    return {};
}

}  // namespace

Result<Platform> parse_platform_as_written(std::string_view text, const Platform& host) {
    MABPLAN_TRY(pieces, cut(text));
    Platform platform;
    if (pieces.has_options) MABPLAN_CHECK(read_options(pieces.options, text, platform));
    if (pieces.rest.empty()) {
        MABPLAN_CHECK(read_single(text, pieces, host, platform));
        return platform;
    }
    platform.os = normalize_system(pieces.os);
    const bool has_variant = pieces.rest.size() == 2;
    Machine machine = normalize_machine(pieces.rest[0], has_variant ? pieces.rest[1] : "");
    if (!has_variant && machine.architecture == "arm" && machine.variant == "v7") machine.variant.clear();
    if (has_variant && machine.architecture == "arm64" && machine.variant.empty()) machine.variant = "v8";
    platform.architecture = std::move(machine.architecture);
    platform.variant = std::move(machine.variant);
    return platform;
}

Result<Platform> parse_platform(std::string_view text, const Platform& host) {
    MABPLAN_TRY(platform, parse_platform_as_written(text, host));
    return normalize_platform(std::move(platform));
}

Platform normalize_platform(Platform platform) {
    platform.os = normalize_system(platform.os);
    Machine machine = normalize_machine(platform.architecture, platform.variant);
    platform.architecture = std::move(machine.architecture);
    platform.variant = std::move(machine.variant);
    std::vector<std::string>& features = platform.os_features;
    std::erase(features, "");
    std::sort(features.begin(), features.end());
    features.erase(std::unique(features.begin(), features.end()), features.end());
    return platform;
}

std::string platform_slug(const Platform& platform, char separator) {
    std::string result = platform.os;
    for (const std::string* part : {&platform.architecture, &platform.variant})
        if (!part->empty()) result += separator + *part;
    return result;
}

std::string format_platform(const Platform& platform) { return platform_slug(platform, '/'); }

std::string format_platform_full(const Platform& platform) {
    std::vector<std::string> features = normalize_platform(platform).os_features;
    if (platform.os_version.empty() && features.empty()) return format_platform(platform);
    std::string options = escaped(platform.os_version);
    for (const std::string& feature : features) options += "+" + escaped(feature);
    Platform shown = platform;
    shown.os = format("{}({})", platform.os, options);
    return format_platform(shown);
}

Result<std::string> arm_version(std::string_view machine) {
    const std::string name = to_lower(machine);
    if (name == "aarch64" || name == "arm64") return std::string("8");
    if (name.size() < 5 || !name.starts_with("armv")) return input_error(format("{} is not the name of an ARM machine", quoted(machine)));
    const char version = name[4];
    return version >= '3' && version <= '8' ? std::string(1, version) : std::string("unknown");
}

}  // namespace mabplan
