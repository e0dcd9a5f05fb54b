// Work that is done beside what needs it later.
#pragma once

#include "runtime/sys/thread.h"

#include <functional>
#include <mutex>

namespace mabplan::runtime {

class Background {
public:
    // On a thread of its own; here and now where none can be had.
    explicit Background(const std::function<Status()>& work) {
        if (auto thread = start_thread(work)) thread_ = *std::move(thread);
        else outcome_ = without_throwing(work);
    }
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    // Until it is done: how it ended. Any number of threads may ask.
    const Status& wait() {
        std::call_once(waited_, [this] {
            if (Status ended = thread_.join(); !ended) outcome_ = std::move(ended);
        });
        return outcome_;
    }

private:
    Status outcome_;
    Thread thread_;
    std::once_flag waited_;
};

}  // namespace mabplan::runtime
