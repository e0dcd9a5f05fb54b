#include "compiler/matrix/target_reader.h"

#include "compiler/matrix/build_reader.h"
#include "compiler/matrix/keys.h"
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/model/output.h"

#include <algorithm>
#include <map>

namespace mabplan::compiler {

namespace {

// Aliases, extends and axes multiply: what a small file may grow to is bounded here.
constexpr std::size_t kMostValues = 4'000'000;

bool is_once_per_target(const std::string& key) {
    const auto keys = target_only_keys();
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// The keys of a target that are said once, or those that are said per platform.
YamlNode part_of(const YamlNode& node, bool once) {
    YamlNode out;
    out.kind = YamlKind::Map;
    out.place = node.place;
    for (const YamlEntry& entry : node.entries)
        if (!is_extension(entry.key) && is_once_per_target(entry.key) == once) out.entries.push_back(entry);
    return out;
}

std::string cell_name(const std::string& declared, const Settings& axes) {
    std::string name = declared;
    for (const Setting& axis : axes) {
        name += '-';
        for (const char c : axis.value) {
            const bool plain =
                (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
            name += plain ? c : '-';
        }
    }
    return name;
}

void add_name(std::vector<std::string>& names, const std::string& name) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

bool TargetReader::charge(const DeclaredTarget& declared) {
    nodes_ += count_nodes(declared.node);
    if (nodes_ <= kMostValues) return true;
    reader_.mistakes().add(declared.place, format("the cells of all targets have more than {} values", kMostValues));
    return false;
}

std::vector<ExpandedTarget> TargetReader::read(const DeclaredTarget& declared) {
    std::vector<ExpandedTarget> out;
    for (AxisCell& cell : expand_cells(declared, rules_, reader_)) {
        if (!charge(declared)) return out;
        out.push_back({read_target(declared, cell), &declared, std::move(cell.excluded)});
    }
    check_distinct(out);
    return out;
}

Target TargetReader::read_target(const DeclaredTarget& declared, const AxisCell& cell) {
    Target target;
    target.name = cell_name(declared.name, cell.axes);
    target.declared_name = declared.name;
    target.axes = cell.axes;
    target.place = declared.place;
    for (const YamlEntry& entry : declared.node.entries)
        if (!is_extension(entry.key)) target.places.emplace(entry.key, entry.key_place);
    YamlNode once = part_of(declared.node, true);
    std::erase_if(once.entries, [](const YamlEntry& entry) { return entry.key == "platforms" || entry.key == "matrix"; });  // read before
    once = interpolated(std::move(once), Variables(rules_.environment).with_axes(cell.axes), reader_.mistakes());
    if (const YamlEntry* image = once.find("image")) add_name(target.names, reader_.text(*image).value_or(""));
    if (const YamlEntry* tags = once.find("tags"))
        for (const std::string& tag : reader_.texts(*tags)) add_name(target.names, tag);
    if (const YamlEntry* output = once.find("output")) target.outputs = read_specs(*output, SpecForm::Output, reader_);
    if (const YamlEntry* depends_on = once.find("depends_on")) target.depends_on = reader_.texts(*depends_on);
    target.left_out = cell.excluded;
    target.left_out.insert(target.left_out.end(), cell.not_requested.begin(), cell.not_requested.end());
    for (const PlatformChoice& choice : cell.platforms) {
        if (!charge(declared)) break;
        target.cells.push_back(read_cell(declared, cell.axes, choice));
    }
    return target;
}

Cell TargetReader::read_cell(const DeclaredTarget& declared, const Settings& axes, const PlatformChoice& choice) {
    const Variables variables = Variables(rules_.environment).with_axes(axes).with_platform(choice.platform);
    const YamlNode build = interpolated(overlaid(part_of(declared.node, false), choice.overrides), variables, reader_.mistakes());
    return {choice.platform, choice.runner, choice.optional, read_build(build, rules_.environment, reader_), choice.place};
}

Cell TargetReader::read_needed_cell(const ExpandedTarget& target, const Platform& platform) {
    if (!charge(*target.declared)) return {platform, Runner::Auto, false, {}, target.declared->place};
    return read_cell(*target.declared, target.target.axes, {platform, Runner::Auto, false, {}, target.declared->place});
}

// What differs by axis values must be told apart by its names as well: else the last one to be written wins, silently.
void TargetReader::check_distinct(const std::vector<ExpandedTarget>& targets) {
    std::map<std::string, const Target*> cells, images, files;
    for (const ExpandedTarget& expanded : targets) {
        const Target& target = expanded.target;
        const auto taken = [&target](std::map<std::string, const Target*>& owners, const std::string& name) {
            return owners.emplace(name, &target).first->second != &target;
        };
        const auto report = [&](const char* key, std::string_view doing, const std::string& what) {
            reader_.mistakes().add(target.places.at(key), format("several cells of the matrix would {} {}", doing, quoted(what)),
                                   format("put ${{matrix.{}}} into it", target.axes.back().name));
        };
        if (taken(cells, target.name))
            reader_.mistakes().add(target.places.at("matrix"),
                                   format("two cells of the matrix would both be named {}", quoted(target.name)));
        const bool has_image = target.places.contains("image");
        for (const std::string& name : target.names)
            if (taken(images, name)) report(has_image && name == target.names.front() ? "image" : "tags", "publish", name);
        for (const OutputSpec& output : target.outputs) {
            const auto dest = output.attrs.find("dest");
            const bool one_file = output.type != FolderOutput::kType && dest != output.attrs.end() && dest->second != "-";
            if (one_file && taken(files, dest->second)) report("output", "write", dest->second);
        }
    }
}

}  // namespace mabplan::compiler
