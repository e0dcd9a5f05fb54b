#include "runtime/snapshot/snapshot_store.h"

#include "plans/base/format.h"
#include "runtime/layer/layer_diff.h"
#include "runtime/snapshot/seal.h"
#include "tests/support/layer_builder.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/tree.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <thread>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

struct Store {
    TemporaryDirectory folder;
    Store() {
        REQUIRE(make_directories(folder / "snapshots"));
        REQUIRE(make_directories(folder / "tmp"));
        REQUIRE(make_directories(scratch()));
    }
    std::string scratch() const { return folder / "scratch"; }
    std::vector<std::string> rubbish() const {
        std::vector<std::string> names = list_names(scratch()).value();
        for (std::string& name : put_aside()) names.push_back(std::move(name));
        return names;
    }
    std::vector<std::string> put_aside() const { return list_names(folder / "tmp").value(); }
    std::vector<std::string> published() const { return list_names(folder / "snapshots").value(); }
};

const std::vector<Content> kLayer = {{folder_line("a"), ""}, {file_line("a/f", 0), "content"}};

SnapshotStore::OpenTar opener(std::string tar, std::atomic<int>* opened = nullptr) {
    return [tar = std::move(tar), opened]() -> Result<std::unique_ptr<ByteSource>> {
        if (opened != nullptr) ++*opened;
        return std::unique_ptr<ByteSource>(std::make_unique<StringSource>(tar));
    };
}

class FailingSource final : public ByteSource {
public:
    Result<std::size_t> read(std::span<char>) override { return fail(ErrorKind::Registry, "the line went dead"); }
};

}  // namespace

TEST_CASE("a layer is unpacked once and then there") {
    for (const Durability durability : {Durability::Cached, Durability::Synced}) {
        const Store place;
        SnapshotStore store(place.folder.path(), place.scratch(), {{}, durability});
        const std::string tar = tar_of(kLayer);
        const Digest diff_id = Digest::of(tar);
        std::atomic<int> opened{0};
        CHECK_FALSE(store.contains(diff_id));
        std::vector<std::thread> threads;
        for (int index = 0; index < 4; ++index)
            threads.emplace_back([&] { CHECK(store.ensure(diff_id, opener(tar, &opened)).value() == store.path(diff_id)); });
        for (std::thread& thread : threads) thread.join();
        CHECK(opened == 1);
        CHECK(store.path(diff_id) == (place.folder / "snapshots/") + diff_id.hex() + "/fs");
        CHECK(read_file(store.path(diff_id) + "/a/f").value() == "content");
        CHECK(place.rubbish().empty());
        REQUIRE(store.remove(diff_id));
        CHECK_FALSE(store.contains(diff_id));
        CHECK(place.published().empty());
        CHECK(list_names(place.scratch()).value().empty());
        CHECK(store.remove(diff_id));
        CHECK(place.put_aside().size() == 1);
    }
}

TEST_CASE("what is removed stays as it was for those who use it, out of sight") {
    const Store place;
    SnapshotStore store(place.folder.path(), place.scratch());
    const std::string tar = tar_of(kLayer);
    const Digest diff_id = Digest::of(tar);
    const Fd used = open_file(store.ensure(diff_id, opener(tar)).value(), O_RDONLY | O_DIRECTORY).value();
    REQUIRE(store.remove(diff_id));
    CHECK_FALSE(store.contains(diff_id));
    CHECK(::faccessat(used.get(), "a/f", R_OK, 0) == 0);
    REQUIRE(store.ensure(diff_id, opener(tar)));
    CHECK(::faccessat(used.get(), "a/f", R_OK, 0) == 0);
    CHECK(place.put_aside().size() == 1);
}

TEST_CASE("marks of earlier states vouch for nothing") {
    const Store place;
    const Digest diff_id = Digest::of(tar_of(kLayer));
    const std::string snapshot = (place.folder / "snapshots/") + diff_id.hex();
    REQUIRE(make_directories(snapshot + "/fs/a"));
    REQUIRE(write_file(snapshot + "/durable", ""));
    REQUIRE(write_file(snapshot + "/boot", read_file("/proc/sys/kernel/random/boot_id").value().substr(0, 36)));
    SnapshotStore store(place.folder.path(), place.scratch());
    CHECK_FALSE(store.contains(diff_id));
    REQUIRE(store.ensure(diff_id, opener(tar_of(kLayer))));
    CHECK(read_file(store.path(diff_id) + "/a/f").value() == "content");
    CHECK(place.rubbish().empty());
}

TEST_CASE("trailing padding belongs to the hash") {
    const Store place;
    SnapshotStore store(place.folder.path(), place.scratch());
    const std::string tar = tar_of(kLayer) + std::string(20'000, '\0');
    CHECK(store.ensure(Digest::of(tar), opener(tar)));
}

TEST_CASE("what is not what it should be is not published") {
    const Store place;
    SnapshotStore store(place.folder.path(), place.scratch());
    const std::string tar = tar_of(kLayer);
    const Digest expected = Digest::of("something else");
    const Error wrong = store.ensure(expected, opener(tar)).error();
    CHECK(wrong.kind == ErrorKind::Verify);
    CHECK(wrong.message ==
          "a layer is not what its image says: expected the diff_id " + expected.text() + ", the tar hashes to " + Digest::of(tar).text());
    CHECK_FALSE(store.ensure(Digest::of(tar), opener(tar.substr(0, 1100))));
    CHECK(store.ensure(expected, [] { return Result<std::unique_ptr<ByteSource>>(std::make_unique<FailingSource>()); }).error().message ==
          "the line went dead");
    CHECK(store.ensure(expected, []() -> Result<std::unique_ptr<ByteSource>> { return fail(ErrorKind::Registry, "no such blob"); })
              .error()
              .message == "no such blob");
    CHECK(place.published().empty());
    CHECK(place.rubbish().empty());
}

TEST_CASE("a snapshot is there for who sees the ids that it was made with") {
    const Store place;
    const std::string tar = tar_of(kLayer);
    const Digest diff_id = Digest::of(tar);
    const std::string snapshot = (place.folder / "snapshots/") + diff_id.hex();
    SnapshotStore store(place.folder.path(), place.scratch());
    REQUIRE(store.ensure(diff_id, opener(tar)));
    CHECK(store.contains(diff_id));
    // made by who had other ids, or before there was such a file
    const std::string ids = read_file(snapshot + "/ids").value();
    const auto say = [&](const std::string& text) { std::ofstream(snapshot + "/ids") << text; };  // whose the file is stays
    for (const char* other : {"4000000000:4000000000", ""}) {
        say(other);
        CHECK_FALSE(store.contains(diff_id));
    }
    say(ids);
    CHECK(store.contains(diff_id));
    // it is made anew; who stands on the other one keeps it
    say("4000000000:4000000000");
    std::atomic<int> opened{0};
    REQUIRE(store.ensure(diff_id, opener(tar, &opened)));
    CHECK(opened == 1);
    CHECK(store.contains(diff_id));
    CHECK(place.put_aside().size() == 1);
}

TEST_CASE("after a crash of the machine only what was durable is there") {
    const Store place;
    const std::string tar = tar_of(kLayer);
    const Digest diff_id = Digest::of(tar);
    const std::string snapshot = (place.folder / "snapshots/") + diff_id.hex();
    {
        SnapshotStore store(place.folder.path(), place.scratch());
        REQUIRE(store.ensure(diff_id, opener(tar)));
        CHECK_FALSE(path_exists(snapshot + "/durable-5"));
        CHECK(SnapshotStore(place.folder.path(), place.scratch()).contains(diff_id));  // another process of this boot
    }
    REQUIRE(write_file(snapshot + "/boot-5", "another boot"));
    REQUIRE(write_file(snapshot + "/fs/a/f", ""));  // what a power cut leaves
    SnapshotStore store(place.folder.path(), place.scratch());
    CHECK_FALSE(store.contains(diff_id));
    REQUIRE(store.ensure(diff_id, opener(tar)));
    CHECK(read_file(store.path(diff_id) + "/a/f").value() == "content");
    REQUIRE(store.sync());
    REQUIRE(write_file(snapshot + "/boot-5", "another boot"));
    CHECK(store.contains(diff_id));
    CHECK(place.rubbish().empty());

    SnapshotStore synced(place.folder.path(), place.scratch(), {{}, Durability::Synced});
    REQUIRE(store.remove(diff_id));
    REQUIRE(synced.ensure(diff_id, opener(tar)));
    CHECK(path_exists(snapshot + "/durable-5"));
}

TEST_CASE("a finished directory is moved in") {
    const Store place;
    SnapshotStore store(place.folder.path(), place.scratch());
    const Digest diff_id = Digest::of("x");
    for (int round = 0; round < 2; ++round) {  // the second time it is there already
        REQUIRE(make_directories(place.folder / "upper"));
        REQUIRE(write_file(place.folder / "upper/f", "1"));
        CHECK(store.adopt(place.folder / "upper", diff_id).value() == store.path(diff_id));
        CHECK_FALSE(path_exists(place.folder / "upper"));
        CHECK(read_file(store.path(diff_id) + "/f").value() == "1");
        CHECK(place.rubbish().empty());
    }
}

TEST_CASE("what changes a snapshot is noticed by the next process that uses it, and it is made again") {
    const std::string tar = tar_of({{folder_line("a"), ""}, {file_line("a/f", 0), "content"}, {file_line("g", 0), "other"}});
    const Digest diff_id = Digest::of(tar);
    using Change = std::function<void(const std::string& fs)>;
    const std::vector<Change> changes{
        [](const std::string& fs) { REQUIRE(write_file(fs + "/a/f", "CONTENT")); },
        [](const std::string& fs) {  // in place, with the times of before
            struct stat facts {};
            REQUIRE(::stat((fs + "/a/f").c_str(), &facts) == 0);
            std::fstream(fs + "/a/f", std::ios::in | std::ios::out) << "C";
            const std::array<timespec, 2> times{facts.st_atim, facts.st_mtim};
            REQUIRE(::utimensat(AT_FDCWD, (fs + "/a/f").c_str(), times.data(), 0) == 0);
        },
        [](const std::string& fs) { REQUIRE(::truncate((fs + "/g").c_str(), 2) == 0); },
        [](const std::string& fs) { REQUIRE(::unlink((fs + "/g").c_str()) == 0); },
        [](const std::string& fs) { REQUIRE(write_file(fs + "/a/new", "more")); },
        [](const std::string& fs) { REQUIRE(::chmod((fs + "/a").c_str(), 0700) == 0); },
        [](const std::string& fs) { REQUIRE(::rename((fs + "/g").c_str(), (fs + "/h").c_str()) == 0); },
    };
    for (const Change& change : changes) {
        const Store place;
        const auto open = [&](std::vector<std::string>& damaged) {
            auto store = std::make_unique<SnapshotStore>(place.folder.path(), place.scratch());
            store->on_damage([&damaged](const Digest& found) { damaged.push_back(found.hex()); });
            return store;
        };
        std::vector<std::string> damaged;
        const std::string fs = open(damaged)->ensure(diff_id, opener(tar)).value();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));  // a tick of the clock that file systems have
        change(fs);
        const auto store = open(damaged);
        CHECK(store->contains(diff_id));
        std::atomic<int> opened{0};
        REQUIRE(store->ensure(diff_id, opener(tar, &opened)));
        CHECK(opened == 1);
        CHECK(damaged == std::vector<std::string>{diff_id.hex()});
        CHECK(read_file(fs + "/a/f").value() == "content");
        CHECK(read_file(fs + "/g").value() == "other");
        CHECK_FALSE(path_exists(fs + "/a/new"));
        CHECK(open(damaged)->holds(diff_id).value());
        CHECK(damaged.size() == 1);
    }
}

TEST_CASE("a snapshot of our own that only looks changed is sealed anew, and one without a seal is looked into") {
    const Store place;
    const std::string upper = place.folder / "upper";
    REQUIRE(make_directories(upper));
    REQUIRE(write_file(upper + "/f", "content"));
    struct Nothing final : LowerView {
        Result<std::optional<TreeEntry>> stat(std::string_view) override { return std::optional<TreeEntry>(); }
    } lower;
    HashingSink hash;
    REQUIRE(write_layer_diff(upper, lower, {.time = 1'000'000'000}, hash));
    const Digest diff_id = hash.finish();
    const std::string fs = SnapshotStore(place.folder.path(), place.scratch()).adopt(upper, diff_id).value();
    const std::string seal = fs.substr(0, fs.size() - 2) + "seal";
    for (const bool is_removed : {false, true}) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        if (is_removed) REQUIRE(::unlink(seal.c_str()) == 0);
        else REQUIRE(::chmod((fs + "/f").c_str(), 0644) == 0);  // ctime alone, as after a copy of the store
        std::vector<std::string> damaged;
        SnapshotStore store(place.folder.path(), place.scratch());
        store.on_damage([&](const Digest& found) { damaged.push_back(found.hex()); });
        CHECK(store.holds(diff_id).value());
        CHECK(damaged.empty());
        CHECK(read_file(seal).value() == seal_of(fs).value().text);
        CHECK(noted_disk_use(std::string(parent_path(fs))) == disk_use(std::string(parent_path(fs))));
    }
}
