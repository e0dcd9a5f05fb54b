#include "runtime/store/blob_store.h"
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

BlobStore make_store(const tests::TemporaryDirectory& folder) {
    REQUIRE(make_directories(folder / "blobs/sha256"));
    REQUIRE(make_directories(folder / "tmp"));
    return BlobStore(folder.path(), folder / "tmp");
}

}  // namespace

TEST_CASE("a blob is there when it is whole, and not before") {
    const tests::TemporaryDirectory folder;
    const BlobStore store = make_store(folder);
    const Digest digest = Digest::of("hello");
    {
        auto writer = store.create().value();
        REQUIRE(writer->write("hel"));
        CHECK_FALSE(store.size(digest));
        REQUIRE(writer->write("lo"));
        CHECK(writer->commit(digest).value() == digest);
    }
    CHECK(store.size(digest) == 5);
    CHECK(store.read(digest).value() == "hello");
    CHECK(list_names(folder / "tmp").value().empty());
}

TEST_CASE("other bytes than expected are refused and leave nothing") {
    const tests::TemporaryDirectory folder;
    const BlobStore store = make_store(folder);
    const Status put = store.put(Digest::of("hello"), "hellO");
    REQUIRE_FALSE(put);
    CHECK(put.error().kind == ErrorKind::Verify);
    CHECK(list_names(folder / "tmp").value().empty());
    CHECK(list_names(folder / "blobs/sha256").value().empty());
}

TEST_CASE("a damaged blob is reported, removed and can be put again") {
    const tests::TemporaryDirectory folder;
    const BlobStore store = make_store(folder);
    const Digest digest = Digest::of("hello");
    REQUIRE(store.put(digest, "hello"));
    REQUIRE(write_file(store.path(digest), "hellx"));
    CHECK(store.read(digest).error().kind == ErrorKind::Verify);
    CHECK_FALSE(store.size(digest));
    REQUIRE(store.put(digest, "hello"));
    CHECK(store.read(digest).value() == "hello");
}

TEST_CASE("as a content store it says of several digests which are there, and reads and writes streams") {
    const tests::TemporaryDirectory folder;
    const BlobStore blobs = make_store(folder);
    const ContentStore& store = blobs;
    REQUIRE(blobs.put(Digest::of("one"), "one"));
    auto writer = store.create().value();
    REQUIRE(writer->write("two"));
    CHECK(writer->count() == 3);
    CHECK(writer->commit().value() == Digest::of("two"));
    const std::vector<Digest> asked{Digest::of("one"), Digest::of("three"), Digest::of("two")};
    CHECK(store.has(asked).value() == std::vector<bool>{true, false, true});
    CHECK(read_text(*store.open(Digest::of("two")).value(), 100).value() == "two");
    CHECK(store.open(Digest::of("three")).error().kind == ErrorKind::Verify);
}
