#include "runtime/context/read_ahead.h"

#include <algorithm>
#include <system_error>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kWorthAThread = 4;  // folders

}  // namespace

ReadAhead::ReadAhead(Read read, int threads) : read_(std::move(read)), workers_(static_cast<std::size_t>(std::max(threads, 0))) {}

ReadAhead::~ReadAhead() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    for (Worker& worker : workers_)
        if (worker.thread.joinable()) worker.thread.join();
}

void ReadAhead::expect(const std::vector<std::string>& directories) {
    if (workers_.empty()) return;
    const std::lock_guard lock(mutex_);
    for (const std::string& directory : directories)
        if (slots_.try_emplace(directory).second) stack_.push_back(directory);
    if (stack_.size() >= kWorthAThread) start_workers();
}

std::optional<Result<FolderListing>> ReadAhead::take(const std::string& directory) {
    std::unique_lock lock(mutex_);
    const auto found = slots_.find(directory);
    if (found == slots_.end()) return std::nullopt;
    done_.wait(lock, [&] { return found->second.state != State::Reading; });
    std::optional<Result<FolderListing>> listing = std::move(found->second.listing);
    slots_.erase(found);
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

// The lock is held. What the caller took is skipped.
ReadAhead::Slot* ReadAhead::next_waiting(std::string& directory) {
    while (!stack_.empty() && !ending_) {
        directory = std::move(stack_.back());
        stack_.pop_back();
        const auto found = slots_.find(directory);
        if (found != slots_.end() && found->second.state == State::Waiting) return &found->second;
    }
    return nullptr;
}

void ReadAhead::work(Worker& self) {
    std::unique_lock lock(mutex_);
    std::string directory;
    while (Slot* slot = next_waiting(directory)) {
        slot->state = State::Reading;
        lock.unlock();
        Result<FolderListing> listing = read_(directory);
        lock.lock();
        slot->listing = std::move(listing);
        slot->state = State::Done;
        done_.notify_all();
    }
    self.running = false;
}

}  // namespace mabplan::runtime
