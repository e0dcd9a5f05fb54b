#include "plans/model/noise.h"

#include "plans/base/text.h"
#include "plans/tree/glob.h"
#include "plans/tree/pattern.h"

#include <array>

namespace mabplan {

namespace {

constexpr std::string_view kLog = "lines with the time of the build; programs write it and none reads it";

// Measured with Debian 12 and npm; those of apk and dnf by the names that these programs give to their logs. What is not here differs
// for a reason (keys, a machine-id: warned about), is needed (package databases), or is the user's (/tmp).
constexpr auto kRules = std::to_array<NoiseRule>({
    {"var/log/apt/history.log", NoiseRemedy::LeftAsBelow, "log of apt", kLog},
    {"var/log/apt/term.log", NoiseRemedy::LeftAsBelow, "log of apt", kLog},
    {"var/log/apt/eipp.log.xz", NoiseRemedy::LeftAsBelow, "log of apt",
     "what the installer was asked last, for reports of faults; no program reads it"},
    {"var/log/dpkg.log", NoiseRemedy::LeftAsBelow, "log of dpkg", kLog},
    {"var/log/alternatives.log", NoiseRemedy::LeftAsBelow, "log of update-alternatives", kLog},
    {"var/log/bootstrap.log", NoiseRemedy::LeftAsBelow, "log of debootstrap", kLog},
    {"var/log/fontconfig.log", NoiseRemedy::LeftAsBelow, "log of fontconfig", kLog},
    {"var/log/apk.log", NoiseRemedy::LeftAsBelow, "log of apk", kLog},
    {"var/log/{dnf,dnf.librepo,dnf.rpm,dnf5,hawkey,yum}.log", NoiseRemedy::LeftAsBelow, "log of dnf", kLog},
    {"**/_logs/[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*-debug-[0-9]*.log", NoiseRemedy::LeftAsBelow, "log of npm",
     "one file for each call, named by its time; npm itself removes old ones"},
    {"var/cache/ldconfig/aux-cache", NoiseRemedy::LeftAsBelow, "ldconfig's aux-cache",
     "device, inode and change time of each library: true only on the machine of the build; ldconfig makes it anew"},
    {"var/cache/apt/{pkgcache,srcpkgcache}.bin", NoiseRemedy::LeftAsBelow, "apt's cache of the package lists",
     "times of the lists at the build; apt makes it anew from the lists"},
    {"var/cache/fontconfig/*.cache-*", NoiseRemedy::LeftAsBelow, "fontconfig's cache",
     "times of font folders at the build, which the image has not; fontconfig reads the folders again"},
    {"**/.cache/fontconfig/*.cache-*", NoiseRemedy::LeftAsBelow, "fontconfig's cache",
     "times of font folders at the build, which the image has not; fontconfig reads the folders again"},
    {"**/_cacache/index-v5/*/*/*", NoiseRemedy::TimeOfLayer, "index of npm's download cache",
     "when each file was fetched; npm takes an older one for stale and asks the registry, or not, as it is told"},
    {"**/__pycache__/*.pyc", NoiseRemedy::TimeOfSource, "Python's compiled module",
     "made at import, it records the time of its source, which the layer settles: with the old time Python would compile again"},
});

}  // namespace

std::span<const NoiseRule> noise_rules() { return kRules; }

std::string_view describe(NoiseRemedy remedy) {
    switch (remedy) {
        case NoiseRemedy::LeftAsBelow: return "left as the layer below has it, or not made";
        case NoiseRemedy::TimeOfLayer: return "kept; the times in it become the time of the layer";
        case NoiseRemedy::TimeOfSource: return "kept; the time that it records becomes that of its source in the layer";
    }
    return "";
}

struct NoiseTable::Compiled {
    struct Rule {
        std::string_view folder_name;  // last part of the folder, which dismisses nearly all folders at once; empty if it is a glob
        Glob folder;
        std::vector<Glob> names;
    };
    std::vector<Rule> rules;
};

namespace {

// "{a,b}.log" as "a.log" and "b.log"; a name without braces as it is.
std::vector<std::string> alternatives(std::string_view name) {
    const std::size_t open = name.find('{'), close = name.find('}');
    if (open == std::string_view::npos || close == std::string_view::npos) return {std::string(name)};
    std::vector<std::string> names;
    for (const std::string_view word : split(name.substr(open + 1, close - open - 1), ','))
        names.push_back(std::string(name.substr(0, open)) + std::string(word) + std::string(name.substr(close + 1)));
    return names;
}

}  // namespace

NoiseTable::NoiseTable() {
    auto compiled = std::make_unique<Compiled>();
    for (const NoiseRule& rule : kRules) {
        const std::string_view folder = parent_path(rule.pattern);
        // the table is ours, and a test compiles all of it
        Compiled::Rule made{
            has_glob(base_name(folder)) ? std::string_view() : base_name(folder), Glob::compile(folder, GlobDialect::Ignore).value(), {}};
        for (const std::string& name : alternatives(base_name(rule.pattern)))
            made.names.push_back(Glob::compile(name, GlobDialect::Match).value());
        compiled->rules.push_back(std::move(made));
    }
    compiled_ = std::move(compiled);
}

NoiseTable::~NoiseTable() = default;

std::vector<std::size_t> NoiseTable::rules_in(std::string_view folder) const {
    std::vector<std::size_t> rules;
    const std::string_view name = base_name(folder);
    for (std::size_t i = 0; i < compiled_->rules.size(); ++i)
        if (const Compiled::Rule& rule = compiled_->rules[i];
            (rule.folder_name.empty() || rule.folder_name == name) && rule.folder.matches(folder))
            rules.push_back(i);
    return rules;
}

const NoiseRule* NoiseTable::find(const std::vector<std::size_t>& rules, std::string_view name) const {
    for (const std::size_t rule : rules)
        for (const Glob& glob : compiled_->rules[rule].names)
            if (glob.matches(name)) return &kRules[rule];
    return nullptr;
}

}  // namespace mabplan
