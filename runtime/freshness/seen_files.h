// What the commands that used a cache have seen: a digest for each path, and since when the path has it. Kept beside the cache. Does not
// know steps and clocks.
//
//   cache-mounts/HEX/N/seen   "mapseen1", generation, number of records, the records by path, XXH3 of all before it; little endian
//   cache-mounts/HEX/N/seen-lock   held by who reads and writes it
#pragma once

#include "runtime/freshness/stack_listing.h"
#include "runtime/sys/fd.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct SeenRecord {
    std::uint64_t key = 0;  // of the path (step_sight.h)
    Fingerprint content{};
    std::int64_t time_ns = 0;  // since 1970; the mtime that the path has for users of the cache; 0: the one that its layer gives it
    LayerSource source = LayerSource::Given;
    std::array<std::uint8_t, 7> unused{};
    bool operator==(const SeenRecord&) const = default;

    // Nothing is known of what is at this path now, but that users of the cache may have seen something: whatever comes is new.
    void forget() {
        content = {};
        time_ns = 0;
    }
};

// Stands last in a table whose records of other builds were given up, as there were too many: a path that it does not have is new then.
inline constexpr std::uint64_t kForgotOthers = ~std::uint64_t{0};

struct SeenTable {
    std::uint64_t generation = 0;     // goes up with each change
    std::vector<SeenRecord> records;  // by key

    const SeenRecord* find(std::uint64_t key) const;
    bool forgot_others() const { return !records.empty() && records.back().key == kForgotOthers; }
};

class SeenFiles {
public:
    // Beside the folder of a cache. Waits for others; an Interrupted error if stop_fd becomes readable.
    static Result<SeenFiles> lock(const std::string& cache_folder, int stop_fd);

    // Nothing if there is none, or none that can be read.
    std::optional<SeenTable> read() const;
    Status write(const SeenTable& table) const;

private:
    SeenFiles(std::string path, Fd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
    std::string path_;
    Fd lock_;
};

}  // namespace mabplan::runtime
