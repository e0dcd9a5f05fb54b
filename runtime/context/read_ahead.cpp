#include "runtime/context/read_ahead.h"

#include <algorithm>
#include <system_error>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kWorthAThread = 4;   // folders
constexpr std::size_t kAheadOfCaller = 8;  // folders

}  // namespace

ReadAhead::ReadAhead(Read read, int threads) : read_(std::move(read)), workers_(static_cast<std::size_t>(std::max(threads, 0))) {}

ReadAhead::~ReadAhead() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    taken_.notify_all();
    for (Worker& worker : workers_)
        if (worker.thread.joinable()) worker.thread.join();
}

void ReadAhead::expect(const std::vector<std::string>& directories) {
    if (workers_.empty()) return;
    const std::lock_guard lock(mutex_);
    for (auto directory = directories.rbegin(); directory != directories.rend(); ++directory)
        if (slots_.try_emplace(*directory).second) stack_.push_back(*directory);
    if (stack_.size() >= kWorthAThread) start_workers();
}

std::optional<Result<FolderListing>> ReadAhead::take(const std::string& directory) {
    std::unique_lock lock(mutex_);
    const auto found = slots_.find(directory);
    if (found == slots_.end()) return std::nullopt;
    done_.wait(lock, [&] { return found->second.state != State::Reading; });
    std::optional<Result<FolderListing>> listing = std::move(found->second.listing);
    slots_.erase(found);
    if (listing && *listing) {
        entries_held_ -= (*listing)->entries.size();
        if (has_room()) taken_.notify_all();
    }
    return listing;
}

// The lock is held.
void ReadAhead::start_workers() {
    for (Worker& worker : workers_) {
        if (worker.running) continue;
        if (worker.thread.joinable()) worker.thread.join();  // it ended, or is about to without the lock
        try {
            worker.thread = std::thread([this, &worker] { work(worker); });
            worker.running = true;
        } catch (const std::system_error&) {
            return;  // no thread to be had: the caller reads all
        }
    }
}

// The lock is held.
ReadAhead::Slot* ReadAhead::find_waiting(const std::string& directory) {
    const auto found = slots_.find(directory);
    return found != slots_.end() && found->second.state == State::Waiting ? &found->second : nullptr;
}

// The lock is held. Not the very next one: the caller is about to read that itself.
ReadAhead::Slot* ReadAhead::next_waiting(std::string& directory) {
    while (!ending_) {
        while (!stack_.empty() && find_waiting(stack_.back()) == nullptr) stack_.pop_back();
        if (stack_.empty()) return nullptr;
        const std::size_t ahead = std::min(kAheadOfCaller, stack_.size() - 1);
        const auto chosen = stack_.end() - 1 - static_cast<std::ptrdiff_t>(ahead);
        directory = std::move(*chosen);
        stack_.erase(chosen);
        if (Slot* slot = find_waiting(directory)) return slot;
    }
    return nullptr;
}

void ReadAhead::work(Worker& self) {
    std::unique_lock lock(mutex_);
    std::string directory;
    for (;;) {
        taken_.wait(lock, [this] { return has_room() || ending_; });
        Slot* slot = next_waiting(directory);
        if (slot == nullptr) break;
        slot->state = State::Reading;
        lock.unlock();
        Result<FolderListing> listing = read_(directory);
        lock.lock();
        if (listing) entries_held_ += listing->entries.size();
        slot->listing = std::move(listing);
        slot->state = State::Done;
        done_.notify_all();
    }
    self.running = false;
}

}  // namespace mabplan::runtime
