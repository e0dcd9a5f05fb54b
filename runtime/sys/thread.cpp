#include "runtime/sys/thread.h"

#include "plans/base/format.h"
#include "runtime/sys/process_limit.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <new>
#include <system_error>

namespace mabplan::runtime {

namespace {

constexpr const char* kReportIt = "please report it with the command that led here";

Error describe_caught() {
    try {
        throw;
    } catch (const std::bad_alloc&) {
        return {ErrorKind::Environment, "there is no memory left", {}, {}, "build with fewer jobs (`-j`), or give mabplan more memory"};
    } catch (const std::exception& thrown) {
        return {ErrorKind::Internal, format("a fault of mabplan: {}", thrown.what()), {}, {}, kReportIt};
    } catch (...) {
        return {ErrorKind::Internal, "a fault of mabplan: what was thrown is no exception", {}, {}, kReportIt};
    }
}

}  // namespace

Error caught_error() noexcept {
    try {
        return describe_caught();
    } catch (...) {
        Error bare;  // no memory even for words: these fit into a string without any
        bare.kind = ErrorKind::Environment;
        bare.message = "out of memory";
        return bare;
    }
}

Thread& Thread::operator=(Thread&& other) noexcept {
    if (this == &other) return *this;
    if (thread_.joinable()) thread_.join();
    thread_ = std::move(other.thread_);
    outcome_ = std::move(other.outcome_);
    return *this;
}

Thread::~Thread() {
    if (thread_.joinable()) thread_.join();
}

Status Thread::join() {
    if (!thread_.joinable()) return {};
    thread_.join();
    return std::move(*outcome_);
}

Result<Thread> start_thread(std::function<Status()> work) {
    Thread started;
    try {
        started.outcome_ = std::make_unique<Status>();
        started.thread_ = std::thread([outcome = started.outcome_.get(), work = std::move(work)] { *outcome = without_throwing(work); });
    } catch (const std::system_error& error) {
        return fail(ErrorKind::Environment, format("cannot start a thread: {}", error.code().message()), advise_process_limit());
    } catch (const std::bad_alloc&) {
        return fail(caught_error());
    }
    return started;
}

std::size_t Workers::start(std::size_t count, const std::function<Status()>& work) {
    threads_.reserve(threads_.size() + count);  // nothing is thrown once one of them runs
    for (std::size_t i = 0; i < count; ++i) {
        auto thread = start_thread(work);
        if (!thread) return i;
        threads_.push_back(*std::move(thread));
    }
    return count;
}

Status Workers::join() {
    Status first;
    for (Thread& thread : threads_)
        if (Status ended = thread.join(); first && !ended) first = std::move(ended);
    threads_.clear();
    return first;
}

Status share_work(std::size_t count, const std::function<Status()>& work) {
    Workers others;
    if (count > 1) others.start(count - 1, work);
    Status mine = without_throwing(work);
    Status theirs = others.join();
    return mine ? std::move(theirs) : std::move(mine);
}

Status share_items(std::size_t items, std::size_t most, const std::function<Status(std::size_t)>& work) {
    if (items == 0) return {};
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};
    return share_work(std::min(most, items), [&]() -> Status {
        for (std::size_t i = next++; i < items && !failed; i = next++) {
            Status done = work(i);
            if (done) continue;
            failed = true;
            return done;
        }
        return {};
    });
}

void let_others_go_first() {
    constexpr int kNiceness = 5;
    static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness) == 0);
}

int processor_count() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

bool sleep_unless(const std::function<bool()>& stop, std::chrono::milliseconds length) {
    constexpr std::chrono::milliseconds kSlice{50};
    const auto end = std::chrono::steady_clock::now() + length;
    while (std::chrono::steady_clock::now() < end) {
        if (stop && stop()) return false;
        std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(kSlice, end - std::chrono::steady_clock::now()));
    }
    return true;
}

}  // namespace mabplan::runtime
