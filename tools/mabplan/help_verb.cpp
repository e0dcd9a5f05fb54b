// help: subjects that no single verb has.
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/model/noise.h"
#include "plans/model/plan.h"
#include "tools/mabplan/verbs.h"

#include <cstdio>
#include <string>

namespace mabplan::tools {

namespace {

constexpr std::size_t kWidth = 110;

constexpr const char* kTimes =
    "Two clean builds of the same inputs give the same digest: in other stores, other folders, at other times, as root and as an ordinary\n"
    "user, with any number of jobs. `--reproducible=off` (`reproducible: false` in mabplan.yaml) gives files the times and the noise that\n"
    "docker gives them.\n"
    "\n"
    "Times\n"
    "  Time in an image is the order of its instructions. What the n-th layer of a chain makes or copies has the time T + n seconds, where "
    "T is\n"
    "  when its base image was made (1980-01-01 for scratch); what takes files of another stage is newer than that one. Older times that\n"
    "  belong to the content stay. With SOURCE_DATE_EPOCH T is an hour before it, and nothing is later. Commands see SOURCE_DATE_EPOCH: "
    "the\n"
    "  given one, else T.\n";

constexpr const char* kNoise =
    "Noise\n"
    "  What these programs leave behind differs from build to build and is needed by no program. It does not enter a layer; `-v` says what "
    "was\n"
    "  left out. `reproducible: {{noise: keep}}` in mabplan.yaml keeps it. Only files that a RUN wrote are looked at, and never what is\n"
    "  COPYed. This table is part of what a RUN means (version {} of the semantics): a change of it builds anew.\n";

constexpr const char* kLimits =
    "Not noise\n"
    "  Keys, a machine-id and credentials that a RUN leaves in the image differ too, and are warned about: every container would share "
    "them.\n"
    "  Random values of commands (password salts, made keys, temporary names) and newer packages of a registry stay different: no builder\n"
    "  can know them.\n";

// Words in lines of at most kWidth, each after `indent` blanks.
std::string wrapped(std::string_view text, std::size_t indent) {
    std::string out, line;
    for (const std::string_view word : split(text, ' ')) {
        if (!line.empty() && indent + line.size() + 1 + word.size() > kWidth) {
            out += std::string(indent, ' ') + line + "\n";
            line.clear();
        }
        if (!line.empty()) line += ' ';
        line += word;
    }
    return out + std::string(indent, ' ') + line + "\n";
}

std::string table() {
    std::string out;
    for (const NoiseRule& rule : noise_rules()) {
        const bool anywhere = rule.pattern.starts_with("**/");
        out += format("\n  {}{}\n", anywhere ? "" : "/", rule.pattern);
        out += wrapped(format("{}: {}.", rule.what, describe(rule.remedy)), 6);
        out += wrapped(format("Why: {}.", rule.why), 6);
    }
    return out;
}

}  // namespace

int help_verb(const HelpOptions&) {
    std::fputs((std::string(kTimes) + "\n" + format(kNoise, kSemanticsVersion) + table() + "\n" + kLimits).c_str(), stdout);
    return 0;
}

}  // namespace mabplan::tools
