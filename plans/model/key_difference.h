// Two explanations of keys, field by field: why an instruction is not what it was. Pure; knows no store.
#pragma once

#include "plans/base/result.h"
#include "plans/model/action_key.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mabplan {

struct FieldChange {
    std::string tag;
    std::optional<std::string> before;  // nothing: there was no such field
    std::optional<std::string> now;     // nothing: there is none any more
    bool operator==(const FieldChange&) const = default;
};

// The fields that are not the same, in the order of `now`; those that are gone come last, in the order of `before`. Within each list of
// fields no tag stands twice. Nothing exactly if both give one key.
std::vector<FieldChange> compare_fields(std::span<const KeyField> before, std::span<const KeyField> now);

// The canonical text behind the digest of a tree (tree/selection.h), from wherever it is kept; nothing: it is not at hand.
using FindSelection = std::function<std::optional<std::string>(const std::string& digest)>;

// For people: which files changed, where the values of the field are digests of trees, both at hand; at most `limit` lines, then one that
// says how many there are more. Nothing for other fields. An Input error if a text is no selection.
Result<std::vector<std::string>> describe_files(const FieldChange& change, const FindSelection& find, std::size_t limit = 10);

}  // namespace mabplan
