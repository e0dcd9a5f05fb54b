// What the store has, put together for people: results with the instructions that have them, and whether another mabplan uses them now.
// Knows records and items; does not know how they are shown.
#pragma once

#include "plans/base/json.h"
#include "runtime/store/store_usage.h"
#include "tools/mabplan/cache_filter.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace mabplan::tools {

struct StoredResult {
    runtime::ResultRow row;
    std::vector<InstructionId> instructions;
    bool in_use = false;

    Filtered as_filtered() const;
    std::string kind() const;       // "run"; "result" where no instruction is known
    std::string targets() const;    // "api web"
    std::string platforms() const;  // "linux/amd64 linux/arm64"
};

// The results by definition, the last used first; those by content too where `contents` is set.
enum class Contents { Left, Listed };
Result<std::vector<StoredResult>> stored_results(runtime::Store& store, Contents contents);

// Of a cache mount: the platform of its commands, the one that they make something for if that is another one, and its id.
struct MountAbout {
    std::string platform, target, id;
    std::string platforms() const { return target.empty() ? platform : platform + " for " + target; }
};
MountAbout about_mount(const runtime::StoredItem& mount);
// "0123456789ab", "0123456789ab/1" of an instance that is not the first.
std::string mount_name(const runtime::StoredItem& mount);
Filtered as_filtered(const runtime::StoredItem& mount);

OrderedJson instructions_json(const std::vector<InstructionId>& instructions);

}  // namespace mabplan::tools
