// What of the store is meant: the words of --filter. Knows their form; does not know where the values come from.
#pragma once

#include "plans/base/result.h"
#include "plans/model/instruction_id.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mabplan::tools {

// What is known of one thing in the store; what is not, fits no filter that asks for it.
struct Filtered {
    std::vector<std::string> kinds{};           // "run", "result"; "mount"
    std::vector<InstructionId> instructions{};  // that have it
    std::optional<std::string> platform{};      // of a cache mount
    std::uint64_t bytes = 0;
    std::int64_t used = 0;  // seconds since 1970
    bool in_use = false;
};

class CacheFilter {
public:
    // "kind=run" (or type=), "target=web", "platform=linux/arm64", "stage=build", "until=48h" (not used for so long), "since=48h" (used
    // since), "larger=100MB", "smaller=…", "inuse=true". Several of one name: one of them has to fit; of several names all. An Input error
    // for others. `now`: seconds since 1970; `host`: what "local" and short names of platforms mean.
    static Result<CacheFilter> parse(const std::vector<std::string>& words, std::int64_t now, const Platform& host);
    bool fits(const Filtered& thing) const;

private:
    Status add(const std::string& word, std::int64_t now, const Platform& host);
    bool fits_instructions(const Filtered& thing) const;

    std::set<std::string> kinds_, targets_, platforms_, stages_;
    std::optional<std::int64_t> until_, since_;
    std::optional<std::uint64_t> larger_, smaller_;
    std::optional<bool> in_use_;
};

}  // namespace mabplan::tools
