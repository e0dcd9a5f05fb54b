// One at a time for each key: who has the turn does what others, who wait for it, will find done. Does not know what is done.
#pragma once

#include "runtime/sys/guarded.h"

#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace mabplan::runtime {

template <class Key>
class Turns {
public:
    // Held as long as it lives.
    class Turn {
    public:
        explicit Turn(std::shared_ptr<std::mutex> mutex) : mutex_(std::move(mutex)), lock_(*mutex_) {}

    private:
        std::shared_ptr<std::mutex> mutex_;  // guards no value: what is in turn is what its holder does
        std::unique_lock<std::mutex> lock_;
    };

    [[nodiscard]] Turn take(const Key& key) { return Turn(mutex_of(key)); }

private:
    std::shared_ptr<std::mutex> mutex_of(const Key& key) {
        const auto known = known_.lock();
        std::weak_ptr<std::mutex>& entry = (*known)[key];
        std::shared_ptr<std::mutex> mutex = entry.lock();
        if (!mutex) entry = mutex = std::make_shared<std::mutex>();
        return mutex;
    }

    Guarded<std::map<Key, std::weak_ptr<std::mutex>>> known_;
};

}  // namespace mabplan::runtime
