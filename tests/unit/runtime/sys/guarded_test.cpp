// A value behind a lock: one at a time has it, and who waits lets others have it. Turns for what is no value.
#include "runtime/sys/guarded.h"

#include "runtime/sys/turns.h"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace mabplan::runtime;

TEST_CASE("one at a time has the value") {
    Guarded<int> count;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int j = 0; j < 10'000; ++j) {
                if (j % 2 == 0) ++*count.lock();
                else count.with([](int& value) { ++value; });
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(*count.lock() == 40'000);
    const Guarded<std::string>& text = Guarded<std::string>("given");
    CHECK(text.with([](const std::string& value) { return value.size(); }) == 5);
    CHECK(*text.lock() == "given");
}

TEST_CASE("who waits lets others have the value, and has it again afterwards") {
    Guarded<std::vector<int>> queue;
    std::condition_variable changed;
    std::thread other([&] {
        queue.lock()->push_back(1);
        changed.notify_all();
    });
    auto held = queue.lock();
    held.wait(changed, [&] { return !held->empty(); });
    CHECK(held->front() == 1);
    const int read = held.without([&] { return queue.with([](std::vector<int>& value) { return value.back(); }); });
    CHECK(read == 1);
    held->push_back(2);
    CHECK_THROWS_AS(held.without([&]() -> int { throw std::runtime_error("under way"); }), std::runtime_error);
    held->push_back(3);
    CHECK(held->size() == 3);
    other.join();
}

TEST_CASE("turns are taken one after the other for one key, and at once for two") {
    Turns<std::string> turns;
    Guarded<std::vector<std::string>> seen;
    std::thread other;
    {
        const auto mine = turns.take("a");
        std::thread([&] {
            const auto theirs = turns.take("b");
            seen.lock()->push_back("b");
        }).join();
        other = std::thread([&] {
            const auto theirs = turns.take("a");
            seen.lock()->push_back("a again");
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        seen.lock()->push_back("a");
    }
    other.join();
    CHECK(*seen.lock() == std::vector<std::string>{"b", "a", "a again"});
}
