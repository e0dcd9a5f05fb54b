// Work that is done beside what needs it later.
#pragma once

#include "runtime/sys/thread.h"

#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace mabplan::runtime {

class Background {
public:
    // On a thread of its own; here and now where none can be had.
    explicit Background(const std::function<void()>& work) {
        if (auto thread = start_thread(work)) thread_ = *std::move(thread);
        else work();
    }
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;
    ~Background() { wait(); }

    // Until it is done. Any number of threads may ask.
    void wait() {
        std::call_once(waited_, [this] {
            if (thread_.joinable()) thread_.join();
        });
    }

private:
    std::thread thread_;
    std::once_flag waited_;
};

}  // namespace mabplan::runtime
