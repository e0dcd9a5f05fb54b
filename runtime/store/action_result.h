// What an action produced, as it is kept under the action's keys. A plain value: knows neither actions nor where it is kept.
#pragma once

#include "plans/base/digest.h"
#include "plans/model/layer_facts.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

enum class KeyKind { Definition, Content };

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
