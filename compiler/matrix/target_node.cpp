#include "compiler/matrix/target_node.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace mabplan::compiler {

namespace {

constexpr std::array<std::string_view, 6> kSettings{"args", "labels", "annotations", "additional_contexts", "ssh", "extra_hosts"};

constexpr std::size_t kDeepestExtends = 64;
constexpr std::size_t kMostNodes = 1'000'000;  // of all targets, bases below them

bool has_list_form(std::string_view key) { return std::find(kSettings.begin(), kSettings.end(), key) != kSettings.end(); }
bool merges(std::string_view key) { return has_list_form(key) || key == "ulimits"; }

// "A=1" -> A: "1", "A" -> A: null.
std::optional<YamlEntry> setting_of(const YamlNode& item, const std::string& key, Mistakes& mistakes) {
    if (item.kind != YamlKind::Scalar) {
        mistakes.add(item.place, format("an item of {} must be a text, found {}", quoted(key), describe(item)));
        return std::nullopt;
    }
    const bool colon = key == "extra_hosts" && item.text.find('=') == std::string::npos;
    const std::size_t end = item.text.find(colon ? ':' : '=');
    YamlEntry setting{item.text.substr(0, end), item.place, {}};
    setting.value.place = item.place;
    if (end != std::string::npos) {
        setting.value.kind = YamlKind::Scalar;
        setting.value.quoted = true;
        setting.value.text = item.text.substr(end + 1);
    }
    if (!setting.key.empty() && setting.key.find('$') == std::string::npos) return setting;
    mistakes.add(item.place, format("{} in {} does not begin with a name", describe(item), quoted(key)),
                 "names are written as they are: NAME=VALUE; variables are replaced in values");
    return std::nullopt;
}

void normalize_list(YamlEntry& entry, Mistakes& mistakes) {
    YamlNode map;
    map.kind = YamlKind::Map;
    map.place = entry.value.place;
    for (const YamlNode& item : entry.value.items) {
        auto setting = setting_of(item, entry.key, mistakes);
        if (!setting) continue;
        if (const YamlEntry* first = map.find(setting->key))
            mistakes.add(item.place, format("{} is there twice in {}: first at {}", quoted(setting->key), quoted(entry.key),
                                            format_place(first->key_place)));
        else map.entries.push_back(std::move(*setting));
    }
    entry.value = std::move(map);
}

void set_entry(YamlNode& map, const YamlEntry& entry) {
    if (YamlEntry* present = map.find(entry.key)) *present = entry;
    else map.entries.push_back(entry);
}

void remove_entry(YamlNode& map, std::string_view key) {
    std::erase_if(map.entries, [&](const YamlEntry& entry) { return entry.key == key; });
}

}  // namespace

void normalize_settings(YamlNode& target, Mistakes& mistakes) {
    for (YamlEntry& entry : target.entries)
        if (has_list_form(entry.key) && entry.value.kind == YamlKind::Sequence) normalize_list(entry, mistakes);
}

YamlNode overlaid(YamlNode base, const YamlNode& over) {
    for (const YamlEntry& entry : over.entries) {
        if (entry.key == "dockerfile") remove_entry(base, "dockerfile_inline");
        if (entry.key == "dockerfile_inline") remove_entry(base, "dockerfile");
    }
    for (const YamlEntry& entry : over.entries) {
        YamlEntry* present = base.find(entry.key);
        const bool both_maps = present != nullptr && present->value.kind == YamlKind::Map && entry.value.kind == YamlKind::Map;
        if (!both_maps || !merges(entry.key)) set_entry(base, entry);
        else
            for (const YamlEntry& setting : entry.value.entries) set_entry(present->value, setting);
    }
    return base;
}

namespace {

class Extending {
public:
    Extending(const std::vector<DeclaredTarget>& declared, Mistakes& mistakes) : declared_(declared), mistakes_(mistakes) {
        for (const DeclaredTarget& target : declared) names_.push_back(target.name);
    }

    // The flat node of a target. A cycle is reported where it closes and cut there.
    const YamlNode& flat(std::size_t index) {
        if (const auto found = flat_.find(index); found != flat_.end()) return found->second;
        open_.push_back(index);
        const DeclaredTarget& target = declared_[index];
        if (open_.size() > kDeepestExtends)
            mistakes_.add(target.place, format("\"extends\" is nested deeper than {} targets", kDeepestExtends));
        else if (nodes_ > kMostNodes) report_growth(target);
        else return flat_[index] = flatten(target);
        open_.pop_back();
        return flat_[index] = target.node;
    }

private:
    void report_growth(const DeclaredTarget& target) {
        if (!std::exchange(grown_, true))
            mistakes_.add(target.place, format("with \"extends\" the targets have more than {} values", kMostNodes));
    }

    YamlNode flatten(const DeclaredTarget& target) {
        YamlNode own = target.node;
        remove_entry(own, "extends");
        YamlNode below;
        below.kind = YamlKind::Map;
        for (const YamlNode& base : bases(target))
            if (const auto at = index_of(base)) below = overlaid(std::move(below), flat(*at));
        YamlNode node = overlaid(std::move(below), own);
        node.place = own.place;
        open_.pop_back();
        nodes_ += count_nodes(node);
        return node;
    }

    // The names that stand in `extends`: one text, or a list of them.
    std::vector<YamlNode> bases(const DeclaredTarget& target) {
        const YamlEntry* extends = target.node.find("extends");
        if (extends == nullptr) return {};
        if (extends->value.kind == YamlKind::Scalar) return {extends->value};
        const auto& items = extends->value.items;
        const bool texts = std::all_of(items.begin(), items.end(), [](const YamlNode& item) { return item.kind == YamlKind::Scalar; });
        if (extends->value.kind == YamlKind::Sequence && texts) return items;
        mistakes_.add(extends->value.place, "\"extends\" must be the name of a target or a list of such names");
        return {};
    }

    std::optional<std::size_t> index_of(const YamlNode& base) {
        const auto found = std::find(names_.begin(), names_.end(), base.text);
        if (found == names_.end()) {
            mistakes_.add(base.place, format("there is no target {} to extend", quoted(base.text)), suggestion(base.text, names_));
            return std::nullopt;
        }
        const auto index = static_cast<std::size_t>(found - names_.begin());
        const auto open = std::find(open_.begin(), open_.end(), index);
        if (open == open_.end()) return index;
        std::string way;
        for (auto at = open; at != open_.end(); ++at) way += names_[*at] + " -> ";
        mistakes_.add(base.place, format("targets extend each other: {}{}", way, base.text));
        return std::nullopt;
    }

    const std::vector<DeclaredTarget>& declared_;
    Mistakes& mistakes_;
    std::vector<std::string> names_;
    std::vector<std::size_t> open_;
    std::map<std::size_t, YamlNode> flat_;
    std::size_t nodes_ = 0;
    bool grown_ = false;
};

}  // namespace

std::vector<DeclaredTarget> apply_extends(const std::vector<DeclaredTarget>& declared, Mistakes& mistakes) {
    Extending extending(declared, mistakes);
    std::vector<DeclaredTarget> out;
    for (std::size_t i = 0; i < declared.size(); ++i) out.push_back({declared[i].name, declared[i].place, extending.flat(i)});
    return out;
}

}  // namespace mabplan::compiler
