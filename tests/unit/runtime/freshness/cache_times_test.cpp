// What is newer for a cache than what it holds, and for how long.
#include "runtime/freshness/cache_times.h"

#include "plans/base/format.h"
#include "runtime/freshness/cache_mtimes.h"
#include "tests/unit/runtime/freshness/layers_on_disk.h"

#include <sys/eventfd.h>

#include <chrono>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

struct World {
    TemporaryDirectory folder;
    LayerListings listings;
    std::set<std::string> made;
    int layers = 0;
    std::string cache = folder / "cache/0/fs";

    World() { REQUIRE(make_directories(cache)); }
    LayerOnDisk layer() { return LayerOnDisk(folder, format("layer-{}", layers++)); }
    std::string given(const std::string& path, const std::string& content) { return layer().file(path, content).fs; }
    std::string made_layer(const std::string& path, const std::string& content) {
        return *made.insert(layer().file(path, content).fs).first;
    }
    // An object older than now, so that nothing waits.
    void object(const std::string& name, std::int64_t time_ns = 1000 * kSecond) {
        REQUIRE(write_file(cache + "/" + name, "object"));
        set_mtime(cache + "/" + name, time_ns);
        set_mtime(cache, time_ns);
    }
    StepSight sight(const std::vector<std::string>& stack, const std::vector<StepMount>& mounts = {}) {
        auto sight = StepSight::look({listings, made}, stack, mounts);
        REQUIRE(sight);
        return *std::move(sight);
    }
    CacheTimes compare(const std::vector<std::string>& stack, const std::vector<StepMount>& mounts = {},
                       MountAccess access = MountAccess::Writable) {
        auto times = CacheTimes::compare(sight(stack, mounts), {{cache, access}}, -1);
        REQUIRE(times);
        return *std::move(times);
    }
    void record(CacheTimes& times, const std::string& layer, const WrittenFiles& written) {
        made.insert(layer);
        const auto after = times.sight().with_layer({listings, made}, layer);
        REQUIRE(after);
        REQUIRE(times.record(*after, written));
    }
};

std::int64_t time_of(const CacheTimes& times, const std::string& path) {
    const auto found = times.sight().find(path_key(path));
    REQUIRE(found);
    return times.times()[*found];
}

bool sees(const StepSight& sight, const std::string& path) { return sight.find(path_key(path)).has_value(); }

}  // namespace

TEST_CASE("nothing is newer than what an empty cache holds") {
    World world;
    CacheTimes times = world.compare({world.given("src/a", "1")});
    CHECK(time_of(times, "/src/a") == 0);
    CHECK(times.new_files() == 0);
}

TEST_CASE("a changed file is newer from then on, the rest is as it was") {
    World world;
    const std::string base = world.made_layer("bin/sh", "sh"), a1 = world.given("src/a", "1"), a2 = world.given("src/a", "2"),
                      b = world.given("src/b", "b");
    CHECK(world.compare({base, a1, b}).new_files() == 0);
    world.object("o");
    const CacheTimes same = world.compare({base, a1, b});
    CHECK(same.new_files() == 0);
    const CacheTimes changed = world.compare({base, a2, b});
    CHECK(changed.new_files() == 1);
    const std::int64_t time = time_of(changed, "/src/a");
    CHECK(time > 1000 * kSecond);
    CHECK(time % kSecond > 0);  // no whole second, as programs set it
    CHECK(time % kSecond < 1000);
    CHECK(time_of(changed, "/src/b") == 0);
    CHECK(time_of(changed, "/src") == 0);
    const CacheTimes later = world.compare({base, a2, b});
    CHECK(later.new_files() == 0);
    CHECK(time_of(later, "/src/a") == time);
    CHECK(time_of(world.compare({base, a1, b}), "/src/a") >= time);
}

TEST_CASE("given files are new if the last user did not see them, made ones are not") {
    World world;
    const std::string base = world.made_layer("bin/sh", "sh"), src = world.given("src/a", "1"),
                      installed = world.made_layer("usr/lib/big", "lib");
    world.compare({base});
    world.object("o");
    CacheTimes times = world.compare({base, src, installed});
    CHECK(time_of(times, "/src/a") > 0);
    CHECK(time_of(times, "/usr/lib/big") == 0);
    world.compare({base, installed});
    CHECK(time_of(world.compare({base, src, installed}), "/src/a") > 0);
}

TEST_CASE("made files are new where their content is another one") {
    World world;
    const std::string one = world.made_layer("usr/include/h", "1"), two = world.made_layer("usr/include/h", "2"),
                      other = world.made_layer("bin/sh", "sh");
    world.compare({one});
    world.object("o");
    world.compare({other});  // has nothing at that path
    CHECK(time_of(world.compare({one}), "/usr/include/h") == 0);
    CHECK(time_of(world.compare({two}), "/usr/include/h") > 0);
}

TEST_CASE("without a memory everything is new to what is in the cache") {
    World world;
    const std::string base = world.made_layer("bin/sh", "sh"), src = world.given("src/a", "1");
    world.object("o");
    CacheTimes times = world.compare({base, src});
    CHECK(time_of(times, "/src/a") > 0);
    CHECK(time_of(times, "/bin/sh") > 0);
}

TEST_CASE("what mounts hide is not seen, what they show is") {
    World world;
    const std::string root = world.layer().file("work/hidden", "1").file("work/in/deep", "2").file("workshop", "3").fs;
    const std::string mounted = world.layer().file("tree/x", "x").file("tree/in/y", "y").file("beside", "b").fs;
    const std::vector<StepMount> mounts{{"/work", LayersMount{{mounted}, "/tree"}, MountAccess::ReadOnly},
                                        {"/work/in", HostMount{"/nowhere"}, MountAccess::Writable}};
    const StepSight sight = world.sight({root}, mounts);
    for (const char* path : {"", "/work", "/work/x", "/workshop"}) CHECK(sees(sight, path));
    for (const char* path : {"/work/hidden", "/work/in", "/work/in/deep", "/work/in/y", "/beside", "/work/beside", "/tree/x"})
        CHECK_FALSE(sees(sight, path));
    const StepSight file = world.sight({root}, {{"/one", LayersMount{{mounted}, "/tree/x"}, MountAccess::ReadOnly}});
    CHECK(sees(file, "/one"));
    CHECK_FALSE(sees(file, "/one/x"));
}

TEST_CASE("a changed symlink makes newer what it leads to") {
    World world;
    const std::string trees = world.layer().file("v1/a", "1").file("v1/sub/b", "2").file("v2/a", "3").link("via", "v2").fs;
    const std::string to_one = world.layer().link("now", "v1").fs, to_two = world.layer().link("now", "/via/../via").fs;
    world.compare({trees, to_one});
    world.object("o");
    CacheTimes times = world.compare({trees, to_two});
    CHECK(time_of(times, "/now") > 0);
    CHECK(time_of(times, "/v2/a") > 0);
    CHECK(time_of(times, "/v1/a") == 0);
    CHECK(time_of(world.compare({trees, to_one}), "/v1/sub/b") > 0);
}

TEST_CASE("what a command changed itself is as new as it made it") {
    World world;
    const std::string base = world.made_layer("etc/version", "1");
    CacheTimes times = world.compare({base});
    const std::string layer = world.layer().file("etc/version", "2").file("etc/more", "m").whiteout("gone").fs;
    world.record(times, layer,
                 {{path_key("/etc/version"), {2000 * kSecond + 5, false}}, {path_key("/etc/more"), {2000 * kSecond + 6, false}}});
    world.object("o", 1500 * kSecond);
    const CacheTimes next = world.compare({base, layer});
    CHECK(next.new_files() == 0);
    CHECK(time_of(next, "/etc/version") == 2000 * kSecond + 5);
    CHECK(time_of(next, "/etc/more") == 0);
    CHECK(time_of(world.compare({base}), "/etc/version") > 2000 * kSecond + 5);
}

TEST_CASE("a command that takes its sources away has seen them nevertheless") {
    World world;
    const std::string src = world.given("src/a", "1");
    CacheTimes times = world.compare({src});
    world.record(times, world.layer().whiteout("src").fs, {});
    world.object("o");
    CHECK(time_of(world.compare({src}), "/src/a") == 0);
}

TEST_CASE("what a failed command hid counts as not seen") {
    World world;
    const std::string src = world.layer().file("src/a", "1").file("src/b", "1").fs;
    CacheTimes times = world.compare({src});
    REQUIRE(times.forget({{path_key("/src"), {5, true}}, {path_key("/src/a"), {5, false}}}));
    world.object("o");
    const CacheTimes next = world.compare({src});
    CHECK(time_of(next, "/src/a") > 0);
    CHECK(time_of(next, "/src/b") == 0);
    CHECK(time_of(next, "/src") == 0);
}

TEST_CASE("what is forgotten is new also where a command made it, and where it was never seen before") {
    World world;
    const std::string made = world.made_layer("h", "1"), more = world.made_layer("gen/h", "1");
    CacheTimes times = world.compare({made});
    REQUIRE(times.forget({{path_key("/h"), {5, false}}, {path_key("/gen/h"), {5, false}}}));
    world.object("o");
    const CacheTimes next = world.compare({made, more});
    CHECK(time_of(next, "/h") > 0);
    CHECK(time_of(next, "/gen/h") > 0);
}

TEST_CASE("a file that was given once and is made now is new") {
    World world;
    const std::string given = world.given("src/h", "1"), other = world.made_layer("x", "x"), made = world.made_layer("src/h", "3");
    world.compare({given});
    world.object("o");
    world.compare({other});
    CHECK(time_of(world.compare({made}), "/src/h") > 0);
}

TEST_CASE("where two used the cache at once, only what both saw alike is known") {
    World world;
    const std::string one = world.layer().file("a", "1").file("b", "same").fs, two = world.layer().file("a", "2").file("b", "same").fs;
    world.compare({one});
    world.object("o");
    CacheTimes first = world.compare({one});
    CacheTimes second = world.compare({two});
    world.record(first, world.layer().file("made", "m").fs, {});
    world.record(second, world.layer().file("made", "m").fs, {});
    const CacheTimes next = world.compare({two});
    CHECK(time_of(next, "/a") > time_of(second, "/a") - 1);
    CHECK(next.new_files() == 1);
    CHECK(time_of(next, "/b") == 0);
}

TEST_CASE("a cache that can only be read is left as it is") {
    World world;
    const std::string one = world.given("a", "1"), two = world.given("a", "2");
    world.compare({one});
    world.object("o");
    CHECK(time_of(world.compare({two}, {}, MountAccess::ReadOnly), "/a") > 0);
    CHECK(time_of(world.compare({one}), "/a") == 0);
}

TEST_CASE("times are given only where the layers' own do not tell") {
    World world;
    const std::string one = world.layer().file("a", "1", 100 * kSecond).fs, two = world.layer().file("a", "2", 100 * kSecond).fs;
    world.compare({one});
    world.object("o", 50 * kSecond);
    CHECK(world.compare({two}).new_files() == 1);
    CHECK(time_of(world.compare({one}), "/a") == 0);  // newer than the object by itself
    world.object("o", 150 * kSecond);
    CHECK(time_of(world.compare({two}), "/a") > 150 * kSecond);
}

TEST_CASE("the next time is a later second, waited for if it is near") {
    const auto now = [] {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    };
    CHECK(time_after(5 * kSecond, -1).value() <= now());
    const std::int64_t recent = now();
    const std::int64_t next = time_after(recent, -1).value();
    CHECK(next == (recent / kSecond + 1) * kSecond);
    CHECK(now() >= next);
    const std::int64_t far = now() + 500 * kSecond;
    CHECK(time_after(far, -1).value() == (far / kSecond + 1) * kSecond);
    const Fd stop(::eventfd(1, EFD_CLOEXEC));
    CHECK(time_after(now(), stop.get()).error().kind == ErrorKind::Interrupted);
}

TEST_CASE("all times in a cache") {
    TemporaryDirectory folder;
    const LayerOnDisk cache =
        LayerOnDisk(folder, "cache").file("x/y/z", "z", 30 * kSecond).link("l", "nowhere").file("f", "f", 10 * kSecond + 1);
    for (const char* path : {"/x/y", "/x", ""}) set_mtime(cache.fs + path, 20 * kSecond);
    CHECK(mtimes_in(cache.fs).value() ==
          std::vector<std::int64_t>{10 * kSecond + 1, 20 * kSecond, 20 * kSecond, 20 * kSecond, 30 * kSecond, 100 * kSecond});
}
