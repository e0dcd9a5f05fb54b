// Looks at all that a store holds: every blob against its digest, every unpacked layer against what it was made from, the records and what
// they promise. Reads every byte once at least; changes nothing unless it is to repair.
#pragma once

#include "runtime/store/store.h"
#include "runtime/sys/stop.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace mabplan::runtime {

enum class Repair {
    No,
    Yes,  // what is damaged is taken out, and made or fetched again by who needs it
};

struct VerifyReport {
    std::uint64_t blobs = 0;
    std::uint64_t snapshots = 0;
    std::uint64_t results = 0;
    std::uint64_t bytes = 0;           // read
    std::vector<std::string> unknown;  // layers of bases whose blobs are not here: their seals hold, their contents cannot be compared
    std::vector<std::string> damage;   // a sentence each
    std::vector<std::string> lasting;  // the same, of what no repair takes out
};

// In the user namespace that the snapshots are used in. `progress`: told now and then what is looked at.
Result<VerifyReport> verify_store(Store& store, Repair repair, const Stop& stop, const std::function<void(const std::string&)>& progress);

}  // namespace mabplan::runtime
