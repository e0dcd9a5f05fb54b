// Typed reading of YAML nodes: each function takes one entry, says in an error what was expected and what was found, and goes on.
// Does not know the keys of mabplan.yaml.
#pragma once

#include "compiler/matrix/mistakes.h"
#include "compiler/matrix/yaml_document.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

// Keys that people write who come from elsewhere, and what they mean here.
using Synonyms = std::map<std::string, std::string, std::less<>>;

class NodeReader {
public:
    explicit NodeReader(Mistakes& mistakes) : mistakes_(mistakes) {}

    Mistakes& mistakes() { return mistakes_; }

    // All return nothing after they have reported a mistake.
    std::optional<std::string> text(const YamlEntry& entry);
    std::optional<bool> flag(const YamlEntry& entry);  // true or false
    std::optional<std::uint64_t> number(const YamlEntry& entry, std::uint64_t max);
    // A scalar that `parse` understands; `expected` says what that is: "a size like 64m".
    template <class T>
    std::optional<T> parsed(const YamlEntry& entry, std::string_view expected,
                            const std::function<std::optional<T>(std::string_view)>& parse) {
        const auto found = text(entry);
        if (!found) return std::nullopt;
        auto value = parse(*found);
        if (!value) expected_but(entry.key, expected, entry.value);
        return value;
    }

    bool is_map(const YamlEntry& entry);
    bool is_list(const YamlEntry& entry);
    std::vector<std::string> texts(const YamlEntry& entry);  // a list of texts
    Settings settings(const YamlEntry& entry);               // a map of scalars; null is ""

    // Reports keys of the map that are neither known nor begin with "x-". `what` has them: "a target".
    void check_keys(const YamlNode& map, std::span<const std::string> known, std::string_view what, const Synonyms& synonyms = {});
    // "KEY" must be EXPECTED, found …
    void expected_but(std::string_view key, std::string_view expected, const YamlNode& found);

private:
    Mistakes& mistakes_;
};

bool is_extension(std::string_view key);  // "x-…"

}  // namespace mabplan::compiler
