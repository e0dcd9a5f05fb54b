// A value and the lock that it is behind: who wants the value has to hold the lock. Does not know what the value is, nor in which order
// locks are taken.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace mabplan::runtime {

template <class T>
class Guarded {
    template <class Value>
    class LockedAs {
    public:
        Value& operator*() const { return *value_; }
        Value* operator->() const { return value_; }

        // Lets others have the value until `ready()` is true.
        template <class Ready>
        void wait(std::condition_variable& changed, Ready ready) {
            changed.wait(lock_, std::move(ready));
        }
        // The same for a while at most; says whether it is ready.
        template <class Ready>
        bool wait_for(std::condition_variable& changed, std::chrono::milliseconds most, Ready ready) {
            return changed.wait_for(lock_, most, std::move(ready));
        }
        // Lets others have the value while `work` runs, which must not use it.
        template <class Work>
        decltype(auto) without(Work work) {
            struct Retake {
                std::unique_lock<std::mutex>& lock;
                ~Retake() { lock.lock(); }
            };
            lock_.unlock();
            const Retake retake{lock_};
            return work();
        }

    private:
        friend class Guarded;
        LockedAs(std::mutex& mutex, Value& value) : lock_(mutex), value_(&value) {}

        std::unique_lock<std::mutex> lock_;
        Value* value_;
    };

public:
    using Locked = LockedAs<T>;
    using LockedToRead = LockedAs<const T>;

    Guarded() = default;
    explicit Guarded(T value) : value_(std::move(value)) {}
    Guarded(const Guarded&) = delete;
    Guarded& operator=(const Guarded&) = delete;

    // Waits for the lock, which the result holds.
    [[nodiscard]] Locked lock() { return Locked(mutex_, value_); }
    [[nodiscard]] LockedToRead lock() const { return LockedToRead(mutex_, value_); }

    // What `use` makes of the value, under the lock. It must not take the lock again.
    template <class Use>
    decltype(auto) with(Use use) {
        const std::lock_guard held(mutex_);
        return use(value_);
    }
    template <class Use>
    decltype(auto) with(Use use) const {
        const std::lock_guard held(mutex_);
        return use(std::as_const(value_));
    }

private:
    mutable std::mutex mutex_;
    T value_{};
};

}  // namespace mabplan::runtime
