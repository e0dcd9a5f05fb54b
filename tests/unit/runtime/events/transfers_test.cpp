#include "runtime/events/transfers.h"

#include "tests/support/recording_observer.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using mabplan::tests::RecordingSink;

namespace {

struct Kept final : ByteSink {
    std::string bytes;
    Status write(std::string_view more) override {
        bytes += more;
        return {};
    }
};

}  // namespace

TEST_CASE("a transfer begins with no bytes, says how far it is and ends") {
    RecordingSink sink;
    Transfers transfers(sink);
    Kept kept;
    const Status moved = transfers.follow("a layer", [&](const ByteProgress& progress) -> Status {
        ProgressSink counted(kept, progress, 6);
        MABPLAN_CHECK(counted.write("abc"));
        return counted.write("def");
    });
    CHECK(moved);
    CHECK(kept.bytes == "abcdef");
    const auto told = sink.record.all<Transfer>();
    REQUIRE(told.size() == 4);
    for (const Transfer& each : told) {
        CHECK(each.number == 1);
        CHECK(each.what == "a layer");
        CHECK(each.total == 6);
    }
    CHECK(told[0].done == 0);
    CHECK(told[1].done == 3);
    CHECK(told[2].done == 6);
    CHECK(told[2].state == TransferState::Going);
    CHECK(told[3].state == TransferState::Done);
    CHECK(told[3].done == 6);
}

TEST_CASE("nothing is told where nothing was moved, and a failure ends what began") {
    RecordingSink sink;
    Transfers transfers(sink);
    CHECK(transfers.follow("at hand", [](const ByteProgress&) -> Result<int> { return 1; }).value() == 1);
    CHECK(sink.record.events.empty());
    CHECK_FALSE(transfers.follow("broken", [](const ByteProgress& progress) -> Status {
        progress(0, {});
        return fail(ErrorKind::Registry, "broken");
    }));
    const auto told = sink.record.all<Transfer>();
    REQUIRE(told.size() == 2);
    CHECK(told[0].state == TransferState::Going);
    CHECK(told[1].state == TransferState::Failed);
    CHECK_FALSE(told[1].total);
}
