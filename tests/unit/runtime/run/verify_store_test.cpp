// What verifying finds of a store, also where the medium has changed something by itself.
#include "runtime/verify_store.h"

#include "plans/base/format.h"
#include "runtime/layer/codec.h"
#include "runtime/layer/layer_diff.h"
#include "runtime/snapshot/snapshot_store.h"
#include "runtime/sys/file.h"
#include "tests/support/layer_builder.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

struct NothingBelow final : LowerView {
    Result<std::optional<TreeEntry>> stat(std::string_view) override { return std::optional<TreeEntry>(); }
};

struct TextSink final : ByteSink {
    std::string bytes;
    Status write(std::string_view more) override {
        bytes += more;
        return {};
    }
};

// A base with its blob, a base without one, and a layer of a command with its result.
struct World {
    World() {
        base = unpack({{folder_line("bin"), ""}, {file_line("bin/sh", 0), "a shell"}}, true);
        bare = unpack({{file_line("other", 0), "of another image"}}, false);
        const std::string upper = store->scratch() + "/upper";
        REQUIRE(make_directories(upper));
        REQUIRE(write_file(upper + "/made", "by a command"));
        HashingSink hash;
        NothingBelow below;
        REQUIRE(write_layer_diff(upper, below, {.time = 1'000'000'000}, hash));
        own = hash.finish();
        REQUIRE(snapshots->adopt(upper, own));
        key = {Digest::of("key"), KeyKind::Content, {}, [] { return Explanation{}; }};
        REQUIRE(store->records().put(key, {own, hash.count(), 0, {}}));
    }

    Digest unpack(const std::vector<Content>& contents, bool keeps_blob) {
        const std::string tar = tar_of(contents) + std::string(4096, '\0');  // as others end it
        const Digest diff_id = Digest::of(tar);
        const auto open = [&]() -> Result<std::unique_ptr<ByteSource>> {
            return std::unique_ptr<ByteSource>(std::make_unique<StringSource>(tar));
        };
        REQUIRE(snapshots->ensure(diff_id, open));
        if (!keeps_blob) return diff_id;
        TextSink packed;
        StringSource source(tar);
        REQUIRE(compress(source, Compression::Gzip, packed, 1));
        blob = Digest::of(packed.bytes);
        REQUIRE(store->blobs().put(blob, packed.bytes));
        return diff_id;
    }

    VerifyReport verify(Repair repair = Repair::No) {
        const Stop stop;
        return verify_store(*store, repair, stop, [](const std::string&) {}).value();
    }
    // As a medium does it: nobody's times tell of it.
    void rot(const Digest& diff_id, const std::string& file) {
        std::fstream(snapshots->path(diff_id) + "/" + file, std::ios::in | std::ios::out) << "X";
        REQUIRE(snapshots->seal_anew(diff_id, snapshots->look(diff_id).value()));
    }

    TemporaryDirectory folder;
    std::unique_ptr<Store> store = Store::open(folder / "store").value();
    std::unique_ptr<SnapshotStore> snapshots = std::make_unique<SnapshotStore>(store->root(), store->scratch());
    Digest base, bare, own, blob;
    ResultKey key{Digest::of(""), KeyKind::Content, {}, {}};
};

}  // namespace

TEST_CASE("a whole store is whole, and what cannot be compared is told of") {
    World world;
    const VerifyReport found = world.verify();
    CHECK(found.damage.empty());
    CHECK(found.blobs == 1);
    CHECK(found.snapshots == 3);
    CHECK(found.results == 1);
    CHECK(found.unknown == std::vector<std::string>{world.bare.text()});
    CHECK(list_names(world.store->scratch()).value().empty());
}

TEST_CASE("rot in a layer of a command, of a base, and in a blob is found; repair takes them out") {
    World world;
    SUBCASE("of a command") { world.rot(world.own, "made"); }
    SUBCASE("of a base") { world.rot(world.base, "bin/sh"); }
    SUBCASE("a blob") { REQUIRE(write_file(world.store->blobs().path(world.blob), "damaged")); }
    const VerifyReport found = world.verify();
    REQUIRE(found.damage.size() == 1);
    CHECK(world.verify().damage == found.damage);  // nothing was changed
    CHECK(world.verify(Repair::Yes).damage == found.damage);
    CHECK(world.verify().damage.empty());
}

TEST_CASE("with a damaged layer of a command goes its result") {
    World world;
    world.rot(world.own, "made");
    CHECK(world.store->records().find(world.key).value());
    world.verify(Repair::Yes);
    CHECK_FALSE(world.store->records().find(world.key).value());
    CHECK(world.snapshots->contains(world.base));
}

TEST_CASE("a result whose layer is gone is damage") {
    World world;
    REQUIRE(world.snapshots->remove(world.own));
    const VerifyReport found = world.verify();
    REQUIRE(found.damage.size() == 1);
    CHECK(found.damage[0].ends_with(format("of the result {} is not there", world.key.digest.short_hex())));
    world.verify(Repair::Yes);
    CHECK(world.verify().damage.empty());
}

TEST_CASE("a stop ends it") {
    World world;
    Stop stop;
    stop.interrupt();
    CHECK(verify_store(*world.store, Repair::No, stop, [](const std::string&) {}).error().kind == ErrorKind::Interrupted);
}

TEST_CASE("what goes, or is made anew, while it is looked at is no damage") {
    World world;
    std::vector<Content> files;
    for (int number = 0; number < 300; ++number) files.push_back({file_line(format("file{:03}", number), 0), "of an image"});
    const Digest many = world.unpack(files, false);
    std::atomic<bool> ended{false};
    std::thread other([&] {
        const SnapshotStore theirs(world.store->root(), world.store->scratch());
        while (!ended) {
            CHECK(theirs.remove(many));
            world.unpack(files, false);
        }
    });
    for (int round = 0; round < 150; ++round) {
        const VerifyReport found = world.verify();
        CHECK(found.damage == std::vector<std::string>{});
        CHECK(found.lasting == std::vector<std::string>{});
    }
    ended = true;
    other.join();
}
