// Lists folders on other threads before they are asked for. Its threads end when there is nothing left to read; where none can be had,
// the caller reads all.
#pragma once

#include "runtime/context/folder_listing.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/thread.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

class ReadAhead {
public:
    // `read` is called from several threads at once.
    using Read = std::function<Result<FolderListing>(const std::string&)>;
    ReadAhead(Read read, int threads);
    ~ReadAhead();
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;

    // In the order in which they will be asked for.
    void expect(const std::vector<std::string>& directories);
    // What was read ahead, once; waits for what is being read. Nothing: the caller reads it.
    std::optional<Result<FolderListing>> take(const std::string& directory);

private:
    static constexpr std::size_t kMostEntriesHeld = 16'384;  // read and not taken yet: then the readers wait

    enum class Reading { Waiting, Begun, Done };
    struct Slot {
        Reading state = Reading::Waiting;
        std::optional<Result<FolderListing>> listing;
    };
    struct Shared {
        std::size_t entries_held = 0;
        std::map<std::string, Slot> slots;
        std::vector<std::string> stack;  // the caller will ask for the last first
        std::vector<bool> running;       // of each thread, as long as it may take the lock
        bool ending = false;

        bool has_room() const { return entries_held < kMostEntriesHeld; }
        Slot* next_waiting(std::string& directory);
        Slot* find_waiting(const std::string& directory);
    };

    void start_threads(Shared& shared);
    Status work(std::size_t self);

    Read read_;
    Guarded<Shared> shared_;
    std::condition_variable done_;
    std::condition_variable taken_;
    std::vector<Thread> threads_;  // the caller's alone
};

}  // namespace mabplan::runtime
