#include "runtime/context/read_ahead.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kWorthAThread = 4;   // folders
constexpr std::size_t kAheadOfCaller = 8;  // folders

}  // namespace

ReadAhead::ReadAhead(Read read, int threads) : read_(std::move(read)), threads_(static_cast<std::size_t>(std::max(threads, 0))) {
    shared_.lock()->running.resize(threads_.size());
}

ReadAhead::~ReadAhead() {
    shared_.lock()->ending = true;
    taken_.notify_all();
}

void ReadAhead::expect(const std::vector<std::string>& directories) {
    if (threads_.empty()) return;
    const auto shared = shared_.lock();
    for (auto directory = directories.rbegin(); directory != directories.rend(); ++directory)
        if (shared->slots.try_emplace(*directory).second) shared->stack.push_back(*directory);
    if (shared->stack.size() >= kWorthAThread) start_threads(*shared);
}

std::optional<Result<FolderListing>> ReadAhead::take(const std::string& directory) {
    auto shared = shared_.lock();
    const auto found = shared->slots.find(directory);
    if (found == shared->slots.end()) return std::nullopt;
    shared.wait(done_, [&] { return found->second.state != Reading::Begun; });
    std::optional<Result<FolderListing>> listing = std::move(found->second.listing);
    shared->slots.erase(found);
    if (listing && *listing) {
        shared->entries_held -= (*listing)->entries.size();
        if (shared->has_room()) taken_.notify_all();
    }
    return listing;
}

void ReadAhead::start_threads(Shared& shared) {
    for (std::size_t i = 0; i < threads_.size(); ++i) {
        if (shared.running[i]) continue;
        auto thread = start_thread([this, i] { return work(i); });
        if (!thread) return;
        threads_[i] = *std::move(thread);  // joins the one before, which ended or is about to without the lock
        shared.running[i] = true;
    }
}

ReadAhead::Slot* ReadAhead::Shared::find_waiting(const std::string& directory) {
    const auto found = slots.find(directory);
    return found != slots.end() && found->second.state == Reading::Waiting ? &found->second : nullptr;
}

// Not the very next one: the caller is about to read that itself.
ReadAhead::Slot* ReadAhead::Shared::next_waiting(std::string& directory) {
    while (!ending) {
        while (!stack.empty() && find_waiting(stack.back()) == nullptr) stack.pop_back();
        if (stack.empty()) return nullptr;
        const std::size_t ahead = std::min(kAheadOfCaller, stack.size() - 1);
        const auto chosen = stack.end() - 1 - static_cast<std::ptrdiff_t>(ahead);
        directory = std::move(*chosen);
        stack.erase(chosen);
        if (Slot* slot = find_waiting(directory)) return slot;
    }
    return nullptr;
}

Status ReadAhead::work(std::size_t self) {
    auto shared = shared_.lock();
    std::string directory;
    for (;;) {
        shared.wait(taken_, [&] { return shared->has_room() || shared->ending; });
        Slot* slot = shared->next_waiting(directory);
        if (slot == nullptr) break;
        slot->state = Reading::Begun;
        // what is thrown is for the caller, who waits for this folder
        Result<FolderListing> listing = shared.without([&] { return without_throwing([&] { return read_(directory); }); });
        if (listing) shared->entries_held += listing->entries.size();
        slot->listing = std::move(listing);
        slot->state = Reading::Done;
        done_.notify_all();
    }
    shared->running[self] = false;
    return {};
}

}  // namespace mabplan::runtime
