// A YAML document as a tree of our own: texts as written, each with its place. The one door to yaml-cpp. Knows YAML (1.2, with the
// merge key of 1.1); does not know what any key means. JSON is read as well, being a subset.
#pragma once

#include "plans/base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

enum class YamlKind { Null, Scalar, Sequence, Map };

struct YamlEntry;

struct YamlNode {
    YamlKind kind = YamlKind::Null;
    std::string text;     // Scalar: as written, never converted ("0440", "1.10", "22:22")
    bool quoted = false;  // Scalar: quoted, a block, or tagged !!str
    std::vector<YamlNode> items;
    std::vector<YamlEntry> entries;  // in the order of the text, keys differ; `<<` is merged
    SourcePlace place;

    const YamlEntry* find(std::string_view key) const;
    YamlEntry* find(std::string_view key);
};

struct YamlEntry {
    std::string key;
    SourcePlace key_place;
    YamlNode value;
};

struct YamlLimits {
    std::size_t max_bytes = 1U << 20U;
    int max_depth = 64;
    std::size_t max_nodes = 100'000;             // after aliases are expanded
    std::size_t max_expanded_bytes = 8U << 20U;  // of all scalars, after aliases are expanded
};

// One document. Input errors with their place: bad YAML, a second document, a duplicate or compound key, a tag other than
// !!str, !!seq, !!map, an alias inside its own anchor, bytes that are not UTF-8, control characters, each limit.
// A text without content is Null.
Result<YamlNode> parse_yaml(const SourceTextPtr& text, const YamlLimits& limits = {});

std::size_t count_nodes(const YamlNode& node);  // itself and all below

// "a list", "a map", "nothing", "the text \"x\"": for messages.
std::string describe(const YamlNode& node);

}  // namespace mabplan::compiler
