// Where results are kept by key: on this host, with others, or on both. Does not know layers: whoever finds a result looks for its layer
// himself.
#pragma once

#include "plans/base/result.h"
#include "plans/model/action_key.h"
#include "runtime/store/action_result.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

// Why a key is what it is.
struct Explanation {
    std::vector<KeyField> fields;
    std::string origin;  // the instruction, for people
    bool operator==(const Explanation&) const = default;
};

struct ResultKey {
    Digest digest;
    KeyKind kind = KeyKind::Definition;
    std::vector<InstructionId> instructions{};  // whose key it is; none for what is no action of a plan
    // Called by who begins to keep a result under the key.
    std::function<Explanation()> explain{};
};

// Safe to use from several threads.
class ResultCache {
public:
    virtual ~ResultCache() = default;
    virtual Result<std::optional<ActionResult>> find(const ResultKey& key) = 0;
    // In place of what was there.
    virtual Status put(const ResultKey& key, const ActionResult& result) = 0;
};

}  // namespace mabplan::runtime
