// One after the other for the same thing, between all processes that share a store: whoever comes second waits, and finds what the first
// one has made. A lock that is held by nobody who lives is free (flock(2)). Does not know what is made.
//
//   running/HEX    locked by who makes what has this key; gone when it is made
#pragma once

#include "plans/base/digest.h"
#include "plans/base/result.h"
#include "runtime/sys/fd.h"

#include <functional>
#include <string>
#include <utility>

namespace mabplan::runtime {

struct TurnRequest {
    Digest key;
    std::function<void()> waiting = {};  // told once, when it has to wait for longer than a moment
    int stop_fd = -1;                    // when it becomes readable, waiting ends with an Interrupted error
};

// Its turn, as long as this lives.
class ActionTurn {
public:
    static Result<ActionTurn> take(const std::string& store_root, const TurnRequest& request);
    ActionTurn(ActionTurn&& other) noexcept
        : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)), waited_seconds_(other.waited_seconds_) {}
    ActionTurn& operator=(ActionTurn&&) = delete;
    ~ActionTurn();
    // How long others had to be waited for.
    double waited_seconds() const { return waited_seconds_; }

private:
    ActionTurn(std::string path, Fd lock, double waited_seconds)
        : path_(std::move(path)), lock_(std::move(lock)), waited_seconds_(waited_seconds) {}
    std::string path_;
    Fd lock_;
    double waited_seconds_ = 0;
};

}  // namespace mabplan::runtime
