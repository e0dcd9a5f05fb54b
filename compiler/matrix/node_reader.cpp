#include "compiler/matrix/node_reader.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

bool is_extension(std::string_view key) { return key.starts_with("x-"); }

void NodeReader::expected_but(std::string_view key, std::string_view expected, const YamlNode& found) {
    mistakes_.add(found.place, format("{} must be {}, found {}", quoted(key), expected, describe(found)));
}

std::optional<std::string> NodeReader::text(const YamlEntry& entry) {
    if (entry.value.kind == YamlKind::Scalar) return entry.value.text;
    expected_but(entry.key, "a text", entry.value);
    return std::nullopt;
}

std::optional<bool> NodeReader::flag(const YamlEntry& entry) {
    if (entry.value.kind == YamlKind::Scalar) {
        if (equal_ignoring_case(entry.value.text, "true")) return true;
        if (equal_ignoring_case(entry.value.text, "false")) return false;
    }
    expected_but(entry.key, "true or false", entry.value);
    return std::nullopt;
}

std::optional<std::uint64_t> NodeReader::number(const YamlEntry& entry, std::uint64_t max) {
    if (entry.value.kind == YamlKind::Scalar) {
        const auto value = parse_unsigned(entry.value.text);
        if (value && *value <= max) return value;
    }
    expected_but(entry.key, format("a whole number from 0 to {}", max), entry.value);
    return std::nullopt;
}

bool NodeReader::is_map(const YamlEntry& entry) {
    if (entry.value.kind == YamlKind::Map) return true;
    expected_but(entry.key, "a map", entry.value);
    return false;
}

bool NodeReader::is_list(const YamlEntry& entry) {
    if (entry.value.kind == YamlKind::Sequence) return true;
    expected_but(entry.key, "a list", entry.value);
    return false;
}

std::vector<std::string> NodeReader::texts(const YamlEntry& entry) {
    std::vector<std::string> out;
    if (!is_list(entry)) return out;
    for (const YamlNode& item : entry.value.items) {
        if (item.kind == YamlKind::Scalar) out.push_back(item.text);
        else mistakes_.add(item.place, format("an item of {} must be a text, found {}", quoted(entry.key), describe(item)));
    }
    return out;
}

Settings NodeReader::settings(const YamlEntry& entry) {
    Settings out;
    if (!is_map(entry)) return out;
    for (const YamlEntry& setting : entry.value.entries) {
        if (setting.value.kind == YamlKind::Scalar || setting.value.kind == YamlKind::Null)
            out.push_back({setting.key, setting.value.text, setting.key_place});
        else
            mistakes_.add(setting.value.place,
                          format("{} in {} must be a text, found {}", quoted(setting.key), quoted(entry.key), describe(setting.value)));
    }
    return out;
}

void NodeReader::check_keys(const YamlNode& map, std::span<const std::string> known, std::string_view what, const Synonyms& synonyms) {
    for (const YamlEntry& entry : map.entries) {
        if (is_extension(entry.key) || std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
        std::string snake = entry.key;
        std::replace(snake.begin(), snake.end(), '-', '_');
        std::string hint;
        if (const auto synonym = synonyms.find(entry.key); synonym != synonyms.end()) hint = synonym->second;
        else if (std::find(known.begin(), known.end(), snake) != known.end()) hint = format("did you mean {}?", quoted(snake));
        else hint = suggestion(snake, known);
        if (hint.empty()) hint = format("the keys of {} are {}, and x-…", what, join(known, ", "));
        mistakes_.add(entry.key_place, format("{} is no key of {}", quoted(entry.key), what), std::move(hint));
    }
}

}  // namespace mabplan::compiler
