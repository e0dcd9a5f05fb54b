// The far one of two stores, which a build is better off with and does not need: from its first failure on it is not asked any more, and
// that is told once. Does not know what is stored.
#pragma once

#include "plans/base/error.h"

#include <atomic>
#include <functional>

namespace mabplan::runtime {

// Safe to use from several threads. One may stand for several stores that fail together.
class FarSide {
public:
    using Tell = std::function<void(const Error&)>;
    explicit FarSide(Tell tell) : tell_(std::move(tell)) {}

    bool answers() const { return !failed_.load(); }
    void fail_with(const Error& error) {
        if (!failed_.exchange(true) && tell_) tell_(error);
    }

private:
    Tell tell_;
    std::atomic<bool> failed_{false};
};

}  // namespace mabplan::runtime
