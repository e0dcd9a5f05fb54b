// What an exported cache says of itself, as a value and as text. Knows the form alone.
#pragma once

#include "plans/base/result.h"
#include "plans/model/layer_facts.h"
#include "runtime/store/records.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

inline constexpr std::string_view kExchangeFile = "mabplan-cache.json";
inline constexpr std::string_view kBlobFolder = "blobs/sha256";    // of layers and bases
inline constexpr std::string_view kMountFolder = "mounts/sha256";  // of what cache mounts are carried as
inline constexpr std::string_view kExchangeSchema = "mabplan-cache-export-1";

struct ExchangedResult {
    Digest key;
    KeyKind kind = KeyKind::Definition;
    ActionResult result;
    Explanation why;
    std::vector<InstructionId> instructions;
    bool operator==(const ExchangedResult&) const = default;
};

struct ExchangedLayer {
    struct Packed {
        std::string codec;
        PackedLayer layer;
        bool operator==(const Packed&) const = default;
    };
    Digest diff_id;
    std::vector<Packed> packed;  // none: its tar is there
    std::optional<std::vector<ProgramFound>> programs;
    std::vector<BakedIn> baked_in;
    bool operator==(const ExchangedLayer&) const = default;
};

struct ExchangedMount {
    Digest key;
    std::string about;
    Digest tar;    // of its files
    Digest times;  // "NANOSECONDS PATH" and a zero byte for each: tars have whole seconds
    Digest seen;   // what its users have seen; empty if nobody knows
    bool operator==(const ExchangedMount&) const = default;
};

struct ExchangeDocument {
    std::vector<ExchangedResult> results;
    std::vector<ExchangedLayer> layers;
    std::vector<ExchangedMount> mounts;
    std::vector<std::pair<std::string, RemoteAnswer>> remote;  // by address
    bool operator==(const ExchangeDocument&) const = default;
};

std::string write_exchange(const ExchangeDocument& document);
// An Input error for another schema, unknown members, and values that are none.
Result<ExchangeDocument> read_exchange(std::string_view text, std::string_view name);

}  // namespace mabplan::runtime
