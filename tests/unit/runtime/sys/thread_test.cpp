// Threads: what they fail with and what they throw is told to who joins them, and that there are none is an error or fewer hands.
#include "runtime/sys/thread.h"

#include "runtime/sys/background.h"
#include "tests/support/no_more_threads.h"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <new>
#include <stdexcept>
#include <thread>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

Error thrown_by(const std::function<Status()>& work) {
    auto thread = start_thread(work);
    REQUIRE(thread);
    const Status ended = thread->join();
    REQUIRE_FALSE(ended);
    return ended.error();
}

}  // namespace

TEST_CASE("a thread's end is told to who joins it, once") {
    auto good = start_thread([]() -> Status { return {}; });
    REQUIRE(good);
    CHECK(good->join());
    auto bad = start_thread([]() -> Status { return fail(ErrorKind::Verify, "other bytes"); });
    REQUIRE(bad);
    const Status ended = bad->join();
    REQUIRE_FALSE(ended);
    CHECK(ended.error().kind == ErrorKind::Verify);
    CHECK(ended.error().message == "other bytes");
    CHECK(bad->join());
}

TEST_CASE("what is thrown on a thread is an error of who joins it") {
    const Error fault = thrown_by([]() -> Status { throw std::runtime_error("a digest without bytes"); });
    CHECK(fault.kind == ErrorKind::Internal);
    CHECK(fault.message == "a fault of mabplan: a digest without bytes");
    const Error memory = thrown_by([]() -> Status { throw std::bad_alloc(); });
    CHECK(memory.kind == ErrorKind::Environment);
    CHECK(memory.message == "there is no memory left");
    const Error strange = thrown_by([]() -> Status { throw 7; });
    CHECK(strange.kind == ErrorKind::Internal);
}

TEST_CASE("a thread is joined when it goes, and when another takes its place") {
    std::array<std::atomic<bool>, 2> ended{};
    const auto slow = [&](std::size_t which) {
        return start_thread([&ended, which]() -> Status {
                   std::this_thread::sleep_for(std::chrono::milliseconds(50));
                   ended[which] = true;
                   return {};
               })
            .value();
    };
    {
        Thread thread = slow(0);
        thread = slow(1);
        CHECK(ended[0]);
    }
    CHECK(ended[1]);
}

TEST_CASE("work is shared, and the caller has a part in it") {
    std::atomic<int> next{0};
    Status shared = share_work(4, [&]() -> Status { return ++next, Status{}; });
    CHECK(shared);
    CHECK(next == 4);
    CHECK(share_work(1, [&]() -> Status { return ++next, Status{}; }));
    CHECK(next == 5);
    const auto caller = std::this_thread::get_id();
    shared = share_work(3, [&]() -> Status {
        if (std::this_thread::get_id() != caller) throw std::runtime_error("beside");
        return {};
    });
    REQUIRE_FALSE(shared);
    CHECK(shared.error().message == "a fault of mabplan: beside");
    shared = share_work(3, [&]() -> Status { throw std::bad_alloc(); });
    REQUIRE_FALSE(shared);
    CHECK(shared.error().kind == ErrorKind::Environment);
}

TEST_CASE("where no thread can be had, that is an error that names the limit") {
    CHECK(holds_without_threads([] {
        const auto thread = start_thread([]() -> Status { return {}; });
        return !thread && thread.error().kind == ErrorKind::Environment && thread.error().message.starts_with("cannot start a thread: ") &&
               thread.error().hint.find("pids.max") != std::string::npos;
    }));
}

TEST_CASE("where no thread can be had, the caller does the shared work and what was to be done beside") {
    CHECK(holds_without_threads([] {
        int times = 0;
        const bool shared = share_work(4, [&]() -> Status { return ++times, Status{}; }).has_value() && times == 1;
        Workers workers;
        const bool none = workers.start(3, [&]() -> Status { return ++times, Status{}; }) == 0 && workers.join() && times == 1;
        Background beside([&]() -> Status { return ++times, Status{}; });
        return shared && none && beside.wait().has_value() && times == 2;
    }));
}

TEST_CASE("what is done beside something says how it ended, to all who ask") {
    Background good([]() -> Status { return {}; });
    CHECK(good.wait());
    Background bad([]() -> Status { throw std::runtime_error("no"); });
    CHECK_FALSE(bad.wait());
    CHECK(bad.wait().error().message == "a fault of mabplan: no");
}
