#include "runtime/events/event_queue.h"

#include "plans/base/format.h"
#include "tests/support/recording_observer.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace mabplan;
using namespace mabplan::runtime;
using mabplan::tests::RecordingObserver;

namespace {

// A clock that stands until it is set.
struct Hands {
    std::atomic<double> now{0};
    EventQueue::Clock clock() {
        return [this] { return now.load(); };
    }
};

// Writes each event's output into a pipe that somebody else reads, or nobody.
class PipeWriter final : public BuildObserver {
public:
    PipeWriter() {
        REQUIRE(::pipe2(ends_.data(), O_CLOEXEC) == 0);
        REQUIRE(::fcntl(ends_[0], F_SETFL, O_NONBLOCK) == 0);
    }
    ~PipeWriter() override {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    void see(const BuildEvent& event) override {
        const auto* said = std::get_if<Said>(&event.what);
        if (said == nullptr) return;
        std::string_view rest = said->bytes;
        while (!rest.empty()) {
            const ssize_t count = ::write(ends_[1], rest.data(), rest.size());
            if (count <= 0) return;
            rest.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    std::size_t read_some() {
        std::array<char, 65536> buffer{};
        const ssize_t count = ::read(ends_[0], buffer.data(), buffer.size());
        return count < 0 ? 0 : static_cast<std::size_t>(count);
    }

private:
    std::array<int, 2> ends_{-1, -1};
};

}  // namespace

TEST_CASE("what is told before the thread starts is shown after it, in its order and with its time") {
    RecordingObserver record;
    Hands hands;
    EventQueue queue(record, hands.clock());
    queue.tell(Warned{"first"});
    hands.now = 2.5;
    queue.tell(Started{{3}});
    hands.now = 1;  // a clock that is set back
    queue.tell(Warned{"last"});
    CHECK(record.events.empty());
    queue.start();
    queue.finish();
    REQUIRE(record.events.size() == 3);
    CHECK(std::get<Warned>(record.events[0].what).text == "first");
    CHECK(record.events[0].at == 0);
    CHECK(std::get<Started>(record.events[1].what).id == ActionId{3});
    CHECK(record.events[1].at == 2.5);
    CHECK(record.events[2].at == 2.5);
}

TEST_CASE("without a thread everything is shown at the end") {
    RecordingObserver record;
    EventQueue queue(record, [] { return 0.0; });
    queue.tell(Warned{"it"});
    queue.finish();
    CHECK(record.events.size() == 1);
    CHECK(record.ticks == 0);
}

TEST_CASE("time ticks while nothing happens") {
    RecordingObserver record;
    EventQueue queue(record, [] { return 0.0; });
    queue.start();
    for (int tries = 0; tries < 500 && record.ticks < 3; ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    queue.finish();
    CHECK(record.ticks >= 3);
}

TEST_CASE("output that comes in pieces is put together, each action's in its order") {
    RecordingObserver record;
    EventQueue queue(record, [] { return 0.0; });
    queue.tell(Said{{1}, "a"});
    queue.tell(Said{{1}, "b"});
    queue.tell(Said{{2}, "x"});
    queue.tell(Said{{1}, "c"});
    queue.finish();
    CHECK(record.events.size() == 3);
    CHECK(record.said_by({1}) == "abc");
    CHECK(record.said_by({2}) == "x");
}

TEST_CASE("many threads lose nothing, and each keeps its order") {
    RecordingObserver record;
    EventQueue queue(record, [] { return 0.0; });
    queue.start();
    constexpr std::uint32_t kThreads = 8;
    constexpr int kLines = 2000;
    std::vector<std::thread> workers;
    for (std::uint32_t id = 0; id < kThreads; ++id)
        workers.emplace_back([&queue, id] {
            queue.tell(Started{{id}});
            for (int line = 0; line < kLines; ++line) {
                queue.tell(Said{{id}, format("{}\n", line)});
                if (line % 100 == 0) queue.tell(Noted{{id}, format("{}", line)});
            }
            queue.tell(Finished{{id}, HowDone::Native});
        });
    for (std::thread& worker : workers) worker.join();
    queue.finish();
    std::string all;
    for (int line = 0; line < kLines; ++line) all += format("{}\n", line);
    for (std::uint32_t id = 0; id < kThreads; ++id) CHECK(record.said_by({id}) == all);
    CHECK(record.all<Noted>().size() == kThreads * kLines / 100);
    CHECK(record.all<Unsaid>().empty());
    CHECK(std::holds_alternative<Started>(record.events.front().what));
    CHECK(std::holds_alternative<Finished>(record.events.back().what));
}

TEST_CASE("of one action's waiting output what is too much is counted at its place, and everything else is kept") {
    RecordingObserver record;
    EventQueue queue(record, [] { return 0.0; }, {10, 100, 0.1});
    queue.tell(Said{{1}, "12345678"});
    queue.tell(Said{{1}, "90AB"});
    queue.tell(Noted{{1}, "note"});
    queue.tell(Said{{1}, "CDE"});
    queue.tell(Said{{2}, "of another"});
    queue.tell(Finished{{1}, HowDone::Native});
    queue.finish();
    REQUIRE(record.events.size() == 5);
    CHECK(record.said_by({1}) == "1234567890");
    CHECK(std::get<Unsaid>(record.events[1].what).bytes == 5);
    CHECK(std::get<Noted>(record.events[2].what).text == "note");
    CHECK(record.said_by({2}) == "of another");
    CHECK(std::holds_alternative<Finished>(record.events[4].what));
}

TEST_CASE("what waits of all actions together is bounded, too") {
    RecordingObserver record;
    EventQueue queue(record, [] { return 0.0; }, {10, 15, 0.1});
    queue.tell(Said{{1}, "1234567890"});
    queue.tell(Said{{2}, "1234567890"});
    queue.finish();
    CHECK(record.said_by({2}) == "12345");
    REQUIRE(record.all<Unsaid>().size() == 1);
    CHECK(record.all<Unsaid>()[0].id == ActionId{2});
    CHECK(record.all<Unsaid>()[0].bytes == 5);
}

TEST_CASE("of a transfer the first, the last, and between them not more than the limit says") {
    RecordingObserver record;
    Hands hands;
    EventQueue queue(record, hands.clock());
    for (int i = 0; i <= 1000; ++i) {
        hands.now = i * 0.01;
        queue.tell(Transfer{1, "layer", static_cast<std::uint64_t>(i), 1000, TransferState::Going});
        if (i == 500) {
            queue.start();  // what waited until then is the first and the newest
            for (int tries = 0; tries < 500 && record.ticks == 0; ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
    queue.tell(Transfer{1, "layer", 1000, 1000, TransferState::Done});
    queue.finish();
    const std::vector<Transfer> told = record.all<Transfer>();
    CHECK(told.size() >= 4);
    CHECK(told.size() <= 3 + 50);
    CHECK(told[0].done == 0);
    CHECK(told[1].done == 500);
    CHECK(told.back().state == TransferState::Done);
    CHECK(told.back().done == 1000);
}

TEST_CASE("an observer that is stuck holds up nobody, and sees all that there is room for once it goes on") {
    PipeWriter writer;
    EventQueue queue(writer, [] { return 0.0; }, {1U << 20U, 8U << 20U, 0.1});
    queue.start();
    constexpr std::size_t kBytes = 16U << 20U;
    const std::string line(4096, 'x');
    for (std::size_t told = 0; told < kBytes; told += line.size()) queue.tell(Said{{1}, line});  // a pipe holds 64 KiB of it
    std::atomic<bool> finished{false};
    std::thread ending([&] {
        queue.finish();
        finished = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    CHECK_FALSE(finished);  // the end waits for it
    std::size_t read = 0;
    while (!finished) {
        read += writer.read_some();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ending.join();
    for (std::size_t more = writer.read_some(); more > 0; more = writer.read_some()) read += more;
    CHECK(read >= (1U << 20U) - (128U << 10U));
    CHECK(read < kBytes);
}
