#include "compiler/matrix/links.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace mabplan::compiler {

namespace {

bool pairs(const Settings& asking, const Settings& offered) {
    for (const Setting& a : asking)
        for (const Setting& b : offered)
            if (a.name == b.name && a.value != b.value) return false;
    return true;
}

Cell* find_cell(Target& target, const Platform& platform) {
    for (std::vector<Cell>* cells : {&target.cells, &target.needed_cells}) {
        const auto found = std::find_if(cells->begin(), cells->end(), [&](const Cell& cell) { return cell.platform == platform; });
        if (found != cells->end()) return &*found;
    }
    return nullptr;
}

std::string axes_text(const Settings& axes) {
    std::vector<std::string> parts;
    for (const Setting& axis : axes) parts.push_back(format("{}: {}", axis.name, axis.value));
    return format("{}", join(parts, ", "));
}

class Linking {
public:
    Linking(std::vector<ExpandedTarget>& targets, const NeededCell& read_needed, Mistakes& mistakes)
        : targets_(targets), read_needed_(read_needed), mistakes_(mistakes), edges_(targets.size()) {
        for (std::size_t i = 0; i < targets.size(); ++i) {
            by_declared_[targets[i].target.declared_name].push_back(i);
            by_name_.emplace(targets[i].target.name, i);
        }
    }

    void link() {
        for (std::size_t i = 0; i < targets_.size(); ++i) {
            link_order(i);
            for (const Cell& cell : targets_[i].target.cells) waiting_.emplace_back(i, cell.platform);
        }
        for (; !waiting_.empty(); waiting_.pop_front()) link_cell(waiting_.front().first, waiting_.front().second);
        std::vector<State> states(targets_.size(), State::New);
        for (std::size_t i = 0; i < targets_.size(); ++i) find_circle(i, states);
    }

private:
    enum class State { New, Open, Done };
    struct Edge {
        std::size_t to;
        SourcePlace place;
    };

    // The targets that a name can mean for who asks.
    std::vector<std::size_t> candidates(const Target& asking, const std::string& name, const SourcePlace& place) {
        if (const auto exact = by_name_.find(name); exact != by_name_.end()) return {exact->second};
        const auto declared = by_declared_.find(name);
        if (declared == by_declared_.end()) {
            std::vector<std::string> names;
            for (const auto& [known, index] : by_name_) names.push_back(known);
            for (const auto& [known, indexes] : by_declared_) names.push_back(known);
            mistakes_.add(place, format("there is no target {}", quoted(name)), suggestion(name, names));
            return {};
        }
        std::vector<std::size_t> out;
        for (const std::size_t index : declared->second)
            if (pairs(asking.axes, targets_[index].target.axes)) out.push_back(index);
        if (out.empty()) mistakes_.add(place, format("no cell of the target {} has {}", quoted(name), axes_text(asking.axes)));
        return out;
    }

    void link_order(std::size_t index) {
        Target& target = targets_[index].target;
        const auto place = target.places.find("depends_on");
        std::vector<std::string> resolved;
        for (const std::string& name : target.depends_on) {
            for (const std::size_t to : candidates(target, name, place->second)) {
                resolved.push_back(targets_[to].target.name);
                edges_[index].push_back({to, place->second});
            }
        }
        target.depends_on = std::move(resolved);
    }

    void link_cell(std::size_t index, const Platform& platform) {
        // by value: needed cells may be added to this very target, when it needs itself
        std::vector<NamedContext> contexts = find_cell(targets_[index].target, platform)->build.additional_contexts;
        for (NamedContext& context : contexts) {
            if (context.source.kind != ContextKind::Target) continue;
            const auto to = the_one(targets_[index].target, context);
            if (!to) continue;
            context.source.location = targets_[*to].target.name;
            edges_[index].push_back({*to, context.place});
            need(*to, platform, context);
        }
        find_cell(targets_[index].target, platform)->build.additional_contexts = std::move(contexts);
    }

    std::optional<std::size_t> the_one(const Target& asking, const NamedContext& context) {
        const std::vector<std::size_t> found = candidates(asking, context.source.location, context.place);
        if (found.size() == 1) return found[0];
        if (found.empty()) return std::nullopt;
        std::vector<std::string> names;
        for (const std::size_t index : found) names.push_back(targets_[index].target.name);
        mistakes_.add(context.place, format("\"target:{}\" could be any of {}", context.source.location, join(names, ", ")),
                      "name one of them, or give this target the same axes: equal values are paired");
        return std::nullopt;
    }

    void need(std::size_t index, const Platform& platform, const NamedContext& context) {
        ExpandedTarget& wanted = targets_[index];
        if (find_cell(wanted.target, platform) != nullptr) return;
        if (std::find(wanted.excluded.begin(), wanted.excluded.end(), platform) != wanted.excluded.end())
            return mistakes_.add(context.place, format("the target {} is needed for {}, which its matrix excludes",
                                                       quoted(wanted.target.name), format_platform(platform)));
        wanted.target.needed_cells.push_back(read_needed_(wanted, platform));
        waiting_.emplace_back(index, platform);
    }

    void find_circle(std::size_t index, std::vector<State>& states) {
        if (states[index] != State::New) return;
        states[index] = State::Open;
        way_.push_back(index);
        for (const Edge& edge : edges_[index]) {
            if (states[edge.to] == State::Open) report_circle(edge);
            else find_circle(edge.to, states);
        }
        way_.pop_back();
        states[index] = State::Done;
    }

    void report_circle(const Edge& closing) {
        std::string text;
        for (auto at = std::find(way_.begin(), way_.end(), closing.to); at != way_.end(); ++at) text += targets_[*at].target.name + " -> ";
        mistakes_.add(closing.place, format("targets need each other: {}{}", text, targets_[closing.to].target.name));
    }

    std::vector<ExpandedTarget>& targets_;
    const NeededCell& read_needed_;
    Mistakes& mistakes_;
    std::vector<std::vector<Edge>> edges_;
    std::map<std::string, std::vector<std::size_t>> by_declared_;
    std::map<std::string, std::size_t> by_name_;
    std::deque<std::pair<std::size_t, Platform>> waiting_;
    std::vector<std::size_t> way_;
};

}  // namespace

void link_targets(std::vector<ExpandedTarget>& targets, const NeededCell& read_needed, Mistakes& mistakes) {
    Linking(targets, read_needed, mistakes).link();
}

}  // namespace mabplan::compiler
