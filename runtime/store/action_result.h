// What an action produced, as it is kept under the action's keys. A plain value: knows neither actions nor where it is kept.
#pragma once

#include "plans/base/digest.h"
#include "plans/model/layer_facts.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mabplan::runtime {

enum class KeyKind { Definition, Content };

inline constexpr std::array<std::pair<KeyKind, std::string_view>, 2> kKeyKinds{
    {{KeyKind::Definition, "definition"}, {KeyKind::Content, "content"}}};
inline std::string_view key_kind_name(KeyKind kind) { return kKeyKinds[kind == KeyKind::Definition ? 0 : 1].second; }

// One layer.
struct ActionResult {
    Digest diff_id;
    std::uint64_t bytes = 0;          // of the uncompressed layer tar
    double seconds = 0;               // that executing it took
    std::string emulator;             // name and version; empty if it ran natively
    std::vector<LeftOut> left_out{};  // sorted by path
    bool operator==(const ActionResult&) const = default;
};

}  // namespace mabplan::runtime
