// What was written is read again, and what is damaged is not there.
#include "runtime/freshness/seen_files.h"

#include "tests/unit/runtime/freshness/layers_on_disk.h"

#include <sys/eventfd.h>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

TEST_CASE("a table is read as it was written") {
    TemporaryDirectory folder;
    const auto seen = SeenFiles::lock(folder / "fs", -1);
    REQUIRE(seen);
    CHECK_FALSE(seen->read());
    const SeenTable table{7, {{1, {1, 2}, 3, LayerSource::Made, {}}, {5, {9}, 0, LayerSource::Given, {}}}};
    REQUIRE(seen->write(table));
    const auto read = seen->read();
    REQUIRE(read);
    CHECK(read->generation == 7);
    CHECK(read->records == table.records);
    CHECK(read->find(5)->content == Fingerprint{9});
    CHECK(read->find(4) == nullptr);
    const std::string kept = read_file(folder / "seen").value();
    for (std::size_t byte = 0; byte < kept.size(); ++byte) {
        std::string damaged = kept;
        damaged[byte] = static_cast<char>(damaged[byte] ^ 1);
        REQUIRE(write_file(folder / "seen", damaged));
        CHECK_FALSE(seen->read());
        REQUIRE(write_file(folder / "seen", std::string_view(kept).substr(0, byte)));
        CHECK_FALSE(seen->read());
    }
}

TEST_CASE("waiting for the table ends when it is to stop") {
    TemporaryDirectory folder;
    const auto held = SeenFiles::lock(folder / "fs", -1);
    REQUIRE(held);
    const Fd stop(::eventfd(1, EFD_CLOEXEC));
    CHECK(SeenFiles::lock(folder / "fs", stop.get()).error().kind == ErrorKind::Interrupted);
}
