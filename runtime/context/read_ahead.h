// Lists folders on other threads before they are asked for. Its threads end when there is nothing left to read.
#pragma once

#include "runtime/context/folder_listing.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
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
    enum class State { Waiting, Reading, Done };
    struct Slot {
        State state = State::Waiting;
        std::optional<Result<FolderListing>> listing;
    };
    struct Worker {
        std::thread thread;
        bool running = false;
    };

    void start_workers();
    void work(Worker& self);
    bool has_room() const { return entries_held_ < kMostEntriesHeld; }
    Slot* next_waiting(std::string& directory);
    Slot* find_waiting(const std::string& directory);

    static constexpr std::size_t kMostEntriesHeld = 16'384;  // read and not taken yet: then the readers wait

    Read read_;
    std::mutex mutex_;
    std::condition_variable done_;
    std::condition_variable taken_;
    std::size_t entries_held_ = 0;
    std::map<std::string, Slot> slots_;
    std::vector<std::string> stack_;  // the caller will ask for the last first
    std::vector<Worker> workers_;
    bool ending_ = false;
};

}  // namespace mabplan::runtime
