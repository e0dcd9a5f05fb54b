#include "compiler/matrix/axes.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "plans/oci/known_platform.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

bool is_axis_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && letter(name[0]) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

class AxesReader {
public:
    AxesReader(const Platform& host, NodeReader& reader) : host_(host), reader_(reader) {}

    Axes read(const YamlEntry& matrix, std::size_t max_cells) {
        if (!reader_.is_map(matrix)) return {};
        for (const YamlEntry& entry : matrix.value.entries)
            if (entry.key != "include" && entry.key != "exclude" && !is_extension(entry.key)) read_axis(entry);
        if (axes_.axes.empty())
            reader_.mistakes().add(matrix.key_place, "\"matrix\" has no axis",
                                   "an axis is a name with a list of values: libc: [glibc, musl]");
        std::size_t cells = 1;
        for (const Axis& axis : axes_.axes) cells = std::min(cells * std::max<std::size_t>(axis.values.size(), 1), max_cells + 1);
        if (cells > max_cells) {
            reader_.mistakes().add(matrix.key_place, format("the axes have more than {} combinations", max_cells));
            return {};
        }
        if (const YamlEntry* exclude = matrix.value.find("exclude")) axes_.exclude = read_patterns(*exclude, max_cells);
        if (const YamlEntry* include = matrix.value.find("include")) axes_.include = read_patterns(*include, max_cells);
        for (const AxisPattern& pattern : axes_.include) check_complete(pattern);
        return std::move(axes_);
    }

private:
    void read_axis(const YamlEntry& entry) {
        if (entry.key == "platform" || entry.key == "platforms")
            return reader_.mistakes().add(entry.key_place, format("{} is no axis of a matrix", quoted(entry.key)),
                                          "the platforms of a target stand in its \"platforms\": they make one index");
        if (!is_axis_name(entry.key))
            reader_.mistakes().add(entry.key_place, format("{} can't name an axis", quoted(entry.key)),
                                   "the name of an axis has letters, digits and _: it is used as ${matrix.NAME}");
        Axis axis{entry.key, reader_.texts(entry), entry.key_place};
        if (entry.value.kind == YamlKind::Sequence && entry.value.items.empty())
            reader_.mistakes().add(entry.value.place, format("the axis {} has no values", quoted(entry.key)));
        for (std::size_t i = 0; i < axis.values.size(); ++i)
            if (std::find(axis.values.begin(), axis.values.begin() + static_cast<std::ptrdiff_t>(i), axis.values[i]) !=
                axis.values.begin() + static_cast<std::ptrdiff_t>(i))
                reader_.mistakes().add(entry.value.items[i].place,
                                       format("the axis {} has the value {} twice", quoted(entry.key), quoted(axis.values[i])));
        axes_.axes.push_back(std::move(axis));
    }

    std::vector<AxisPattern> read_patterns(const YamlEntry& entry, std::size_t max_cells) {
        std::vector<AxisPattern> out;
        if (!reader_.is_list(entry)) return out;
        if (entry.value.items.size() > max_cells) {
            reader_.mistakes().add(entry.key_place, format("{} has more than {} items", quoted(entry.key), max_cells));
            return out;
        }
        for (const YamlNode& item : entry.value.items) {
            if (item.kind == YamlKind::Map && !item.entries.empty()) out.push_back(read_pattern({entry.key, entry.key_place, item}));
            else
                reader_.mistakes().add(item.place, format("an item of {} must be a map of axes to values, found {}", quoted(entry.key),
                                                          item.kind == YamlKind::Map ? "an empty map" : describe(item)));
        }
        return out;
    }

    AxisPattern read_pattern(const YamlEntry& entry) {
        AxisPattern pattern;
        pattern.place = entry.value.place;
        std::vector<std::string> names;
        for (const Axis& axis : axes_.axes) names.push_back(axis.name);
        names.emplace_back("platform");
        for (const YamlEntry& value : entry.value.entries) {
            if (value.key == "platform") pattern.platform = read_platform(value.value, host_, reader_);
            else if (std::find(names.begin(), names.end(), value.key) == names.end())
                reader_.mistakes().add(value.key_place, format("the matrix has no axis {}", quoted(value.key)),
                                       suggestion(value.key, names));
            else if (const auto text = reader_.text(value)) pattern.axes.push_back({value.key, *text, value.value.place});
        }
        return pattern;
    }

    void check_complete(const AxisPattern& pattern) {
        for (const Axis& axis : axes_.axes) {
            const bool there =
                std::any_of(pattern.axes.begin(), pattern.axes.end(), [&](const Setting& value) { return value.name == axis.name; });
            if (!there)
                reader_.mistakes().add(pattern.place,
                                       format("\"include\" adds a cell: it needs a value for the axis {}", quoted(axis.name)));
        }
    }

    const Platform& host_;
    NodeReader& reader_;
    Axes axes_;
};

}  // namespace

Axes read_axes(const YamlEntry& matrix, const Platform& host, std::size_t max_cells, NodeReader& reader) {
    return AxesReader(host, reader).read(matrix, max_cells);
}

std::vector<Settings> axis_product(const Axes& axes) {
    std::vector<Settings> out = {{}};
    for (const Axis& axis : axes.axes) {
        std::vector<Settings> longer;
        for (const Settings& combination : out) {
            for (const std::string& value : axis.values) {
                longer.push_back(combination);
                longer.back().push_back({axis.name, value, axis.place});
            }
        }
        out = std::move(longer);
    }
    return out;
}

bool matches_axes(const AxisPattern& pattern, const Settings& values) {
    return std::all_of(pattern.axes.begin(), pattern.axes.end(), [&](const Setting& wanted) {
        return std::any_of(values.begin(), values.end(),
                           [&](const Setting& value) { return value.name == wanted.name && value.value == wanted.value; });
    });
}

std::optional<Platform> read_platform(const YamlNode& node, const Platform& host, NodeReader& reader) {
    constexpr const char* kForm = "write os/arch or os/arch/variant: linux/amd64, linux/arm/v7";
    if (node.kind != YamlKind::Scalar) {
        reader.mistakes().add(node.place, format("a platform must be a text, found {}", describe(node)), kForm);
        return std::nullopt;
    }
    if (node.text == "local") return normalize_platform(host);
    // an architecture that is left out would come from the host, and the same file would mean another thing elsewhere
    if (node.text.find('/') == std::string::npos) {
        reader.mistakes().add(node.place, format("{} is no platform", quoted(node.text)), kForm);
        return std::nullopt;
    }
    auto platform = parse_known_platform(node.text, host);
    if (platform) return std::move(*platform);
    Error error = std::move(platform.error());
    if (error.hint.empty()) error.hint = kForm;
    reader.mistakes().add(std::move(error).at(node.place));
    return std::nullopt;
}

}  // namespace mabplan::compiler
