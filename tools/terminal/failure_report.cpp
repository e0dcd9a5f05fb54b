#include "tools/terminal/failure_report.h"

#include "plans/base/format.h"
#include "runtime/log/styled_text.h"
#include "tools/terminal/region.h"

#include <algorithm>
#include <cctype>

namespace mabplan::tools {

namespace {

// One cause in one place of a Dockerfile, on one platform or several.
struct Group {
    std::vector<const runtime::Failed*> failures;
};

std::string excerpt_of(const Error& error) { return error.place && error.place->text ? format_place(*error.place) : std::string(); }

bool is_same(const runtime::Failed& a, const runtime::Failed& b, const std::vector<StepName>& names) {
    return a.error.kind == b.error.kind && a.error.message == b.error.message && a.error.hint == b.error.hint &&
           excerpt_of(a.error) == excerpt_of(b.error) && names[a.id.index].text == names[b.id.index].text &&
           names[a.id.index].stage == names[b.id.index].stage;
}

// Two logs of one failure differ in times, sizes and names of machines.
std::string without_numbers(std::string text, const std::string& platform) {
    const std::string machine = platform.substr(platform.find('/') == std::string::npos ? 0 : platform.find('/') + 1);
    for (std::size_t at = text.find(machine); !machine.empty() && at != std::string::npos; at = text.find(machine, at))
        text.replace(at, machine.size(), "\n");
    std::string out;
    for (const char c : text) {
        const bool is_digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
        if (!is_digit || out.empty() || out.back() != '0') out += is_digit ? '0' : c;
    }
    return out;
}

std::string join_platforms(const std::vector<std::string>& platforms) {
    std::string text;
    for (std::size_t i = 0; i < platforms.size(); ++i) text += (i == 0 ? "" : i + 1 < platforms.size() ? ", " : " and ") + platforms[i];
    return text;
}

std::vector<std::string> platforms_of(const std::vector<const runtime::Failed*>& failures, const std::vector<StepName>& names) {
    std::vector<std::string> platforms;
    for (const runtime::Failed* failed : failures)
        if (const std::string& platform = names[failed->id.index].platform;
            !platform.empty() && std::find(platforms.begin(), platforms.end(), platform) == platforms.end())
            platforms.push_back(platform);
    return platforms;
}

// The logs, each once.
std::string logs_of(const Group& group, const std::vector<StepName>& names) {
    std::vector<std::pair<std::string, std::vector<const runtime::Failed*>>> logs;
    for (const runtime::Failed* failed : group.failures) {
        if (failed->error.detail.empty()) continue;
        const std::string log = without_numbers(failed->error.detail, names[failed->id.index].platform);
        const auto same = std::find_if(logs.begin(), logs.end(), [&](const auto& one) { return one.first == log; });
        if (same == logs.end()) logs.push_back({log, {failed}});
        else same->second.push_back(failed);
    }
    std::string text;
    for (const auto& [log, failures] : logs) {
        const StepName& name = names[failures.front()->id.index];
        const std::vector<std::string> platforms = platforms_of(failures, names);
        text += format("the end of what {} said{}{}:\n", name.place(), platforms.empty() ? "" : " on ", join_platforms(platforms));
        text += failures.front()->error.detail;
        if (text.back() != '\n') text += '\n';
    }
    return text;
}

// What is most to the point stands lowest: log, excerpt, cause.
std::string report_group(const Group& group, const std::vector<StepName>& names) {
    Error error = group.failures.front()->error;
    error.detail.clear();
    if (group.failures.size() > 1) {
        const StepName& name = names[group.failures.front()->id.index];
        error.context = {format("running {} on {}", name.text, join_platforms(platforms_of(group.failures, names)))};
    }
    std::string text = logs_of(group, names);
    if (!error.place || !error.place->text) return text + format_error(error);
    text += format_excerpt(*error.place);
    const std::string place = format_place(*error.place);
    error.place.reset();
    return text + format("{}: {}", place, format_error(error));
}

std::string in_colours(std::string text, runtime::Colours colours) {
    if (colours == runtime::Colours::No) return runtime::without_styles(text);
    return text;
}

}  // namespace

std::string report_failures(const std::vector<runtime::Failed>& failures, const std::vector<StepName>& names, runtime::Colours colours) {
    std::vector<Group> groups;
    for (const runtime::Failed& failed : failures) {
        const auto same =
            std::find_if(groups.begin(), groups.end(), [&](const Group& group) { return is_same(*group.failures.front(), failed, names); });
        if (same == groups.end()) groups.push_back({{&failed}});
        else same->failures.push_back(&failed);
    }
    // what only some platforms lack is no reason to end with
    std::stable_partition(groups.begin(), groups.end(), [](const Group& group) { return !group.failures.front()->required; });
    std::string text;
    for (const Group& group : groups) text += report_group(group, names);
    return in_colours(std::move(text), colours);
}

}  // namespace mabplan::tools
