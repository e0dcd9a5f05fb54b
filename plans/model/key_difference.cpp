#include "plans/model/key_difference.h"

#include "plans/tree/selection_difference.h"

#include <map>
#include <string_view>

namespace mabplan {

std::vector<FieldChange> compare_fields(std::span<const KeyField> before, std::span<const KeyField> now) {
    std::map<std::string_view, const std::string*> gone;
    for (const KeyField& field : before) gone.emplace(field.tag, &field.value);
    std::vector<FieldChange> changes;
    for (const KeyField& field : now) {
        const auto was = gone.find(field.tag);
        if (was == gone.end()) changes.push_back({field.tag, std::nullopt, field.value});
        else if (*was->second != field.value) changes.push_back({field.tag, *was->second, field.value});
        if (was != gone.end()) gone.erase(was);
    }
    for (const KeyField& field : before)
        if (gone.contains(field.tag)) changes.push_back({field.tag, field.value, std::nullopt});
    return changes;
}

Result<std::vector<std::string>> describe_files(const FieldChange& change, const FindSelection& find, std::size_t limit) {
    if (!change.before || !change.now) return std::vector<std::string>{};
    const auto before = find(*change.before);
    const auto now = find(*change.now);
    if (!before || !now) return std::vector<std::string>{};
    return describe_selection_difference(*before, *now, limit);
}

}  // namespace mabplan
