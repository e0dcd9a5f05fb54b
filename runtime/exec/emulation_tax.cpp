#include "runtime/exec/emulation_tax.h"

#include "plans/base/format.h"
#include "runtime/exec/action_stack.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace mabplan::runtime {

namespace {

constexpr double kWorthAWord = 5;        // seconds
constexpr double kWorthCrossing = 0.25;  // of the emulated time

class Reached {
public:
    explicit Reached(const Plan& plan) : plan_(plan) {}
    void add(const std::optional<ActionId>& root) {
        std::vector<ActionId> open;
        if (root) open.push_back(*root);
        while (!open.empty()) {
            const ActionId id = open.back();
            open.pop_back();
            if (!all_.insert(id.index).second) continue;
            for (const ActionId input : inputs_of(plan_.action(id).work)) open.push_back(input);
        }
        // what the image stands on has to be made of the platform's own programs
        for (const ActionId id : stack_of(plan_, root)) below_images_.insert(id.index);
    }
    const std::set<std::uint32_t>& all() const { return all_; }
    bool is_below_an_image(std::uint32_t action) const { return below_images_.contains(action); }

private:
    const Plan& plan_;
    std::set<std::uint32_t> all_;
    std::set<std::uint32_t> below_images_;
};

EmulationTax tax_of(const Plan& plan, const Platform& platform, const Reached& reached, const std::vector<ActionTime>& times) {
    EmulationTax tax{platform, 0, 0, {}, 0};
    std::map<std::string, double> stages;
    for (const std::uint32_t action : reached.all()) {
        const ActionTime& time = times[action];
        tax.seconds += time.seconds;
        if (!time.emulated) continue;
        tax.emulated_seconds += time.seconds;
        if (!reached.is_below_an_image(action)) stages[plan.actions[action].origin.stage] += time.seconds;
    }
    for (const auto& [stage, seconds] : stages)
        if (seconds > tax.stage_seconds) tax.stage = stage, tax.stage_seconds = seconds;
    return tax;
}

std::string rounded(double seconds) { return format("{} s", std::lround(seconds)); }

}  // namespace

std::vector<EmulationTax> emulation_taxes(const Plan& plan, const std::vector<ActionTime>& times) {
    std::vector<std::pair<Platform, Reached>> platforms;
    for (const Target& target : plan.targets)
        for (const Cell& cell : target.cells) {
            const auto same = [&](const auto& known) { return known.first == cell.platform; };
            const auto known = std::find_if(platforms.begin(), platforms.end(), same);
            if (known != platforms.end()) known->second.add(cell.root);
            else platforms.emplace_back(cell.platform, Reached(plan)).second.add(cell.root);
        }
    std::vector<EmulationTax> taxes;
    for (const auto& [platform, reached] : platforms) {
        EmulationTax tax = tax_of(plan, platform, reached, times);
        if (tax.emulated_seconds > 0) taxes.push_back(std::move(tax));
    }
    return taxes;
}

std::string tax_in_words(const EmulationTax& tax) {
    if (tax.emulated_seconds < kWorthAWord) return {};
    const Platform& platform = tax.platform;
    std::string words = format("{}{}{}: {} of {} emulated", platform.architecture, platform.variant.empty() ? "" : "/", platform.variant,
                               rounded(tax.emulated_seconds), rounded(tax.seconds));
    if (tax.stage_seconds >= kWorthCrossing * tax.emulated_seconds && !tax.stage.empty())
        words += format("; stage {} took {} of it and could cross-compile (FROM --platform=$BUILDPLATFORM)", tax.stage,
                        rounded(tax.stage_seconds));
    return words;
}

}  // namespace mabplan::runtime
