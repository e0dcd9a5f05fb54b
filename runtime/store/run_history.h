// The logs of runs, a file for each, kept for a while. Does not know what is written into them.
//
//   history/ID    ID: when the run began (UTC), and something that no other run has. Locked (flock(2)) as long as the run goes on
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/fd.h"

#include <time.h>

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct PastRun {
    std::string id;
    std::uint64_t bytes = 0;
    bool goes_on = false;
};

struct HistoryLimits {
    std::size_t runs = 200;
    std::uint64_t bytes = 200'000'000;
};

class RunHistory {
public:
    explicit RunHistory(const std::string& store_root) : folder_(store_root + "/history") {}

    struct Log {
        std::string id;
        Fd file;  // for writing, and the lock
    };
    // A new one of a run that begins now. The oldest ones go where there are too many.
    Result<Log> begin(const timespec& now, const HistoryLimits& limits = {}) const;

    // The latest first. None where there is no history yet.
    Result<std::vector<PastRun>> list() const;
    std::string path(const std::string& id) const { return folder_ + "/" + id; }
    // One that goes on is an Input error.
    Status remove(const std::string& id) const;

private:
    Status forget_oldest(const HistoryLimits& limits) const;

    std::string folder_;
};

}  // namespace mabplan::runtime
