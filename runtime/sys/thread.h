// The one place that starts threads. That there are none to be had is an error that names the limit; what is thrown on one becomes the
// error of whoever joins it. Does not know what threads do.
#pragma once

#include "plans/base/result.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

namespace mabplan::runtime {

// What is being thrown as an error: Environment if there was no memory, else Internal. Called in a `catch` only; throws nothing.
Error caught_error() noexcept;

// What `work` returns, a Result; what it throws as its error.
template <class Work>
auto without_throwing(Work&& work) noexcept -> std::invoke_result_t<Work&> {
    try {
        return work();
    } catch (...) {
        return fail(caught_error());
    }
}

// A thread that is joined at the latest when this goes.
class Thread {
public:
    Thread() = default;
    Thread(Thread&&) noexcept = default;
    Thread& operator=(Thread&& other) noexcept;
    ~Thread();

    bool joinable() const { return thread_.joinable(); }
    // Waits for its end: how its work ended. Success where there is no thread, or none any more.
    Status join();

private:
    friend Result<Thread> start_thread(std::function<Status()> work);

    std::unique_ptr<Status> outcome_;  // written by the thread, read when it has ended
    std::thread thread_;
};

// An Environment error if the system gives no more threads.
Result<Thread> start_thread(std::function<Status()> work);

// Threads that do the same work and end together: those that run are joined at the latest when this goes.
class Workers {
public:
    // Starts up to `count` of them, as many as can be had; how many. For work that fewer can do as well, or the caller alone.
    std::size_t start(std::size_t count, const std::function<Status()>& work);
    // Waits for all. The error of the first that failed, in the order in which they were started.
    Status join();

private:
    std::vector<Thread> threads_;
};

// `work` on up to `count` threads at once, of which the caller's is one: as many as can be had. Returns when all have ended, with the
// caller's error, else that of another.
Status share_work(std::size_t count, const std::function<Status()>& work);

// `work` for each number below `items`, on up to `most` threads at once. With the first that fails no more is begun; its error is the
// result.
Status share_items(std::size_t items, std::size_t most, const std::function<Status(std::size_t)>& work);

// This thread and those that it starts from now on get processors after all others (setpriority(2), which Linux heeds by thread).
void let_others_go_first();

// How many threads can run at once here; at least one.
int processor_count();

// Lets time pass; false if `stop`, which may be empty, said meanwhile that it is to end.
bool sleep_unless(const std::function<bool()>& stop, std::chrono::milliseconds length);

}  // namespace mabplan::runtime
