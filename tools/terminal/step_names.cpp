#include "tools/terminal/step_names.h"

#include "plans/base/format.h"
#include "runtime/log/styled_text.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace mabplan::tools {

namespace {

constexpr std::size_t kMostTitle = 100;    // columns of an instruction
constexpr std::size_t kMostPlatforms = 3;  // named one by one

// Which images need an action.
struct Needed {
    std::set<std::string> targets;
    std::vector<Platform> platforms;  // each once, in the order of the plan
};

void mark_needed(const Plan& plan, const Cell& cell, std::vector<Needed>& needed) {
    std::vector<bool> seen(plan.actions.size(), false);
    std::vector<ActionId> open;
    if (cell.root) open.push_back(*cell.root);
    while (!open.empty()) {
        const ActionId id = open.back();
        open.pop_back();
        if (seen[id.index]) continue;
        seen[id.index] = true;
        Needed& one = needed[id.index];
        one.targets.insert(cell.target);
        if (std::find(one.platforms.begin(), one.platforms.end(), cell.platform) == one.platforms.end())
            one.platforms.push_back(cell.platform);
        for (const ActionId input : inputs_of(plan.action(id).work)) open.push_back(input);
    }
}

// Of the command itself, else of what it stands on; nothing on FROM scratch.
const Platform* platform_of(const Plan& plan, ActionId id) {
    for (std::optional<ActionId> at = id; at; at = root_of(plan.action(*at).work)) {
        const Work& work = plan.action(*at).work;
        if (const auto* run = std::get_if<RunAction>(&work)) return &run->platform;
        if (const auto* image = std::get_if<ImageAction>(&work)) return &image->platform;
    }
    return nullptr;
}

bool is_from(const Action& action) { return std::holds_alternative<ImageAction>(action.work); }

// "arm64" behind one that names the same operating system.
std::string without_os(const Platform& platform, const std::string& os) {
    const std::string text = format_platform(platform);
    return text.starts_with(os + "/") ? text.substr(os.size() + 1) : text;
}

std::string platform_text(const Platform* own, const std::vector<Platform>& images) {
    if (own != nullptr) {
        const std::string text = format_platform(*own);
        const bool crosses = images.size() == 1 && format_platform(images.front()) != text;
        return crosses ? format("{}->{}", text, without_os(images.front(), own->os)) : text;
    }
    if (images.empty()) return {};
    if (images.size() > kMostPlatforms) return format("{} platforms", images.size());
    std::string text = format_platform(images.front());
    for (std::size_t i = 1; i < images.size(); ++i) text += "," + without_os(images[i], images.front().os);
    return text;
}

}  // namespace

std::string StepName::place() const {
    std::string where = target;
    if (!stage.empty()) where += (where.empty() ? "" : "/") + stage;
    if (count > 0) where += format("{}{}/{}", where.empty() ? "" : " ", ordinal, count);
    return where;
}

std::string StepName::label() const {
    const std::string where = place();
    return format("[{}{}{}]", platform, platform.empty() || where.empty() ? "" : " ", where);
}

std::string StepName::title() const { return label() + " " + runtime::cut_to_width(text, kMostTitle); }

std::vector<StepName> name_steps(const Plan& plan) {
    std::vector<Needed> needed(plan.actions.size());
    for (const Target& target : plan.targets)
        for (const Cell& cell : target.cells) mark_needed(plan, cell, needed);
    std::map<std::pair<std::string, std::string>, std::set<std::uint32_t>> lines;  // of each stage of each Dockerfile
    const auto stage_of = [](const Origin& origin) { return std::pair(origin.dockerfile, origin.stage); };
    // Stages may share their base: each has its FROM all the same.
    for (const Action& action : plan.actions)
        if (!is_from(action)) lines[stage_of(action.origin)].insert(action.origin.line);
    std::vector<StepName> names;
    for (std::uint32_t i = 0; i < plan.actions.size(); ++i) {
        const Origin& origin = plan.actions[i].origin;
        const std::set<std::uint32_t>& of_stage = lines[stage_of(origin)];
        StepName name;
        if (plan.targets.size() > 1 && needed[i].targets.size() == 1) name.target = runtime::as_one_line(*needed[i].targets.begin());
        name.stage = runtime::as_one_line(origin.stage);
        const auto before = std::distance(of_stage.begin(), of_stage.lower_bound(origin.line));
        name.ordinal = is_from(plan.actions[i]) ? 1 : static_cast<std::size_t>(before) + 2;
        name.count = of_stage.size() + 1;
        name.platform = runtime::as_one_line(platform_text(platform_of(plan, {i}), needed[i].platforms));
        name.text = runtime::as_one_line(origin.text.substr(0, origin.text.find('\n')));
        names.push_back(std::move(name));
    }
    return names;
}

}  // namespace mabplan::tools
