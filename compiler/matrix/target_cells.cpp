#include "compiler/matrix/target_cells.h"

#include "compiler/matrix/keys.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

constexpr std::size_t kMostPlatforms = 64;

std::optional<Runner> parse_runner(std::string_view text) {
    if (text == "auto") return Runner::Auto;
    if (text == "native") return Runner::Native;
    if (text == "qemu") return Runner::Qemu;
    return std::nullopt;
}

std::string describe_pattern(const AxisPattern& pattern) {
    std::vector<std::string> parts;
    for (const Setting& value : pattern.axes) parts.push_back(format("{}: {}", value.name, value.value));
    if (pattern.platform) parts.push_back(format("platform: {}", format_platform(*pattern.platform)));
    return format("{{{}}}", join(parts, ", "));
}

// The map form of an entry of `platforms`.
std::optional<PlatformChoice> read_platform_map(const YamlNode& item, const Variables& variables, const Platform& host,
                                                NodeReader& reader) {
    PlatformChoice choice;
    choice.place = item.place;
    choice.overrides = item;
    reader.check_keys(item, platform_entry_keys(), "an entry of \"platforms\"");
    normalize_settings(choice.overrides, reader.mistakes());
    const auto own = [&](const char* key) -> std::optional<YamlEntry> {
        const YamlEntry* entry = item.find(key);
        std::erase_if(choice.overrides.entries, [&](const YamlEntry& other) { return other.key == key; });
        if (entry == nullptr) return std::nullopt;
        return YamlEntry{entry->key, entry->key_place, interpolated(entry->value, variables, reader.mistakes())};
    };
    if (const auto runner = own("runner"))
        choice.runner = reader.parsed<Runner>(*runner, "auto, native or qemu", parse_runner).value_or(Runner::Auto);
    if (const auto optional = own("optional")) choice.optional = reader.flag(*optional).value_or(false);
    const auto name = own("platform");
    if (!name) {
        reader.mistakes().add(item.place, "an entry of \"platforms\" needs its \"platform\"",
                              "write os/arch or os/arch/variant: linux/amd64, linux/arm/v7");
        return std::nullopt;
    }
    auto platform = read_platform(name->value, host, reader);
    if (!platform) return std::nullopt;
    choice.platform = std::move(*platform);
    return choice;
}

class Expansion {
public:
    Expansion(const DeclaredTarget& target, const CellRules& rules, NodeReader& reader) : target_(target), rules_(rules), reader_(reader) {}

    std::vector<AxisCell> expand() {
        const Variables variables(rules_.environment);
        const std::size_t reported = reader_.mistakes().reported();
        Axes axes;
        if (const YamlEntry* matrix = target_.node.find("matrix"))
            axes = read_axes({matrix->key, matrix->key_place, interpolated(matrix->value, variables, reader_.mistakes())}, rules_.host,
                             rules_.max_cells, reader_);
        if (reader_.mistakes().reported() != reported) return {};
        std::vector<AxisCell> cells;
        for (Settings& values : axis_product(axes)) cells.push_back({values, platforms_of(values), {}, {}});
        exclude(cells, axes);
        include(cells, axes);
        for (AxisCell& cell : cells) replace_by_requested(cell, axes);
        std::erase_if(cells, [](const AxisCell& cell) { return cell.platforms.empty(); });
        if (cells.empty() && reader_.mistakes().reported() == reported)
            reader_.mistakes().add(target_.place,
                                   format("nothing is left of the target {}: all its cells are excluded", quoted(target_.name)));
        return cells;
    }

private:
    std::vector<PlatformChoice> platforms_of(const Settings& axes) {
        const YamlEntry* platforms = target_.node.find("platforms");
        if (platforms == nullptr) platforms = rules_.default_platforms;
        if (platforms != nullptr) return read_platforms(*platforms, Variables(rules_.environment).with_axes(axes), rules_.host, reader_);
        return {plain_choice(normalize_platform(rules_.host))};
    }

    PlatformChoice plain_choice(const Platform& platform) const { return {platform, Runner::Auto, false, {}, target_.place}; }

    void exclude(std::vector<AxisCell>& cells, const Axes& axes) {
        std::vector<bool> matched(axes.exclude.size(), false);
        for (AxisCell& cell : cells) {
            std::erase_if(cell.platforms, [&](const PlatformChoice& choice) {
                bool gone = false;
                for (std::size_t i = 0; i < axes.exclude.size(); ++i) {
                    if (!excludes(axes.exclude[i], cell.axes, choice.platform)) continue;
                    gone = matched[i] = true;
                }
                if (gone) cell.excluded.push_back(choice.platform);
                return gone;
            });
        }
        for (std::size_t i = 0; i < matched.size(); ++i)
            if (!matched[i])
                reader_.mistakes().add(
                    axes.exclude[i].place,
                    format("\"exclude\" {} matches no cell of {}", describe_pattern(axes.exclude[i]), quoted(target_.name)),
                    "remove it, or look at the values of the axes and at the platforms of the target");
    }

    static bool excludes(const AxisPattern& pattern, const Settings& axes, const Platform& platform) {
        return matches_axes(pattern, axes) && (!pattern.platform || *pattern.platform == platform);
    }

    void include(std::vector<AxisCell>& cells, const Axes& axes) {
        for (const AxisPattern& pattern : axes.include) {
            Settings values;
            for (const Axis& axis : axes.axes)
                for (const Setting& value : pattern.axes)
                    if (value.name == axis.name) values.push_back(value);
            std::vector<PlatformChoice> added = platforms_of(values);
            if (pattern.platform) narrow(added, *pattern.platform);
            auto cell = std::find_if(cells.begin(), cells.end(), [&](const AxisCell& other) {
                return matches_axes({values, {}, {}}, other.axes);
            });
            if (cell == cells.end()) cell = cells.insert(cells.end(), {values, {}, {}, {}});
            const std::size_t before = cell->platforms.size();
            for (PlatformChoice& choice : added)
                if (!has(*cell, choice.platform)) cell->platforms.push_back(std::move(choice));
            if (cell->platforms.size() == before)
                reader_.mistakes().add(pattern.place,
                                       format("\"include\" {} adds nothing: the cell is there already", describe_pattern(pattern)));
        }
    }

    void narrow(std::vector<PlatformChoice>& choices, const Platform& platform) const {
        std::erase_if(choices, [&](const PlatformChoice& choice) { return choice.platform != platform; });
        if (choices.empty()) choices.push_back(plain_choice(platform));
    }

    static bool has(const AxisCell& cell, const Platform& platform) {
        return std::any_of(cell.platforms.begin(), cell.platforms.end(),
                           [&](const PlatformChoice& choice) { return choice.platform == platform; });
    }

    // What the command line asks for keeps the overrides of the file, and what the file excludes.
    void replace_by_requested(AxisCell& cell, const Axes& axes) const {
        if (rules_.requested.empty() || cell.platforms.empty()) return;
        std::vector<PlatformChoice> out;
        for (const Platform& wanted : rules_.requested) {
            const auto known = std::find_if(cell.platforms.begin(), cell.platforms.end(),
                                            [&](const PlatformChoice& choice) { return choice.platform == wanted; });
            const bool excluded = std::any_of(axes.exclude.begin(), axes.exclude.end(),
                                              [&](const AxisPattern& pattern) { return excludes(pattern, cell.axes, wanted); });
            if (known != cell.platforms.end()) out.push_back(*known);
            else if (!excluded) out.push_back(plain_choice(wanted));
        }
        for (const PlatformChoice& choice : cell.platforms)
            if (std::find(rules_.requested.begin(), rules_.requested.end(), choice.platform) == rules_.requested.end())
                cell.not_requested.push_back(choice.platform);
        cell.platforms = std::move(out);
    }

    const DeclaredTarget& target_;
    const CellRules& rules_;
    NodeReader& reader_;
};

}  // namespace

std::vector<PlatformChoice> read_platforms(const YamlEntry& platforms, const Variables& variables, const Platform& host,
                                           NodeReader& reader) {
    std::vector<PlatformChoice> out;
    if (!reader.is_list(platforms)) return out;
    if (platforms.value.items.size() > kMostPlatforms) {
        reader.mistakes().add(platforms.value.place, format("\"platforms\" has more than {} entries", kMostPlatforms));
        return out;
    }
    if (platforms.value.items.empty())
        reader.mistakes().add(platforms.value.place, "\"platforms\" is empty", "leave the key out to build for the host's platform");
    for (const YamlNode& item : platforms.value.items) {
        std::optional<PlatformChoice> choice;
        if (item.kind == YamlKind::Map) choice = read_platform_map(item, variables, host, reader);
        else if (auto platform = read_platform(interpolated(item, variables, reader.mistakes()), host, reader))
            choice = PlatformChoice{std::move(*platform), Runner::Auto, false, {}, item.place};
        if (!choice) continue;
        const auto first =
            std::find_if(out.begin(), out.end(), [&](const PlatformChoice& other) { return other.platform == choice->platform; });
        if (first == out.end()) out.push_back(std::move(*choice));
        else
            reader.mistakes().add(
                choice->place,
                format("the platform {} is there twice: first at {}", format_platform(choice->platform), format_place(first->place)),
                "arm64 and arm64/v8 are one platform, arm and arm/v7 as well");
    }
    return out;
}

std::vector<AxisCell> expand_cells(const DeclaredTarget& target, const CellRules& rules, NodeReader& reader) {
    return Expansion(target, rules, reader).expand();
}

}  // namespace mabplan::compiler
