// Near and far stores as one: what is taken from where, what is kept, and what becomes of a far one that fails.
#include "runtime/store/layered_content_store.h"
#include "runtime/store/layered_result_cache.h"
#include "tests/support/fake_result_cache.h"
#include "tests/support/memory_content_store.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

const Error kAway{ErrorKind::Registry, "the far one is away"};

struct Told {
    std::vector<std::string> messages;
    FarSide side{[this](const Error& error) { messages.push_back(error.message); }};
};

struct Results : Told {
    FakeResultCache near;
    FakeResultCache far;
    LayeredResultCache both{near, far, side};
    ResultKey key{Digest::of("key"), KeyKind::Content, {}, [] { return Explanation{{{"argv[0]", "make"}}, "Dockerfile:2 RUN make"}; }};
    ActionResult made{Digest::of("layer"), 3, 0.5, {}};
};

struct Contents : Told {
    MemoryContents kept_near, kept_far;
    MemoryContentStore near{kept_near}, far{kept_far};
    LayeredContentStore both{near, far, side};

    std::string read(const Digest& digest) const {
        auto source = both.open(digest);
        if (!source) return source.error().message;
        auto text = read_text(**source, 1000);
        return text ? *text : text.error().message;
    }
    Result<Digest> write(const std::string& bytes) const {
        MABPLAN_TRY(writer, both.create());
        MABPLAN_CHECK(writer->write(bytes));
        return writer->commit();
    }
};

}  // namespace

TEST_CASE("a result that is near is not asked for far away") {
    Results world;
    REQUIRE(world.near.put(world.key, world.made));
    CHECK(world.both.find(world.key).value() == world.made);
    CHECK(world.far.finds == 0);
}

TEST_CASE("a result that is far is kept near, with what stands behind its key") {
    Results world;
    REQUIRE(world.far.put(world.key, world.made));
    CHECK(world.both.find(world.key).value() == world.made);
    const FakeResultCache::Kept& kept = world.near.kept.at(world.key.digest);
    CHECK(kept.result == world.made);
    CHECK(kept.kind == KeyKind::Content);
    CHECK(kept.why == world.key.explain());
    CHECK(world.both.find(world.key).value() == world.made);
    CHECK(world.far.finds == 1);
}

TEST_CASE("what nobody knows is found nowhere, and what is made is known to both") {
    Results world;
    CHECK_FALSE(world.both.find(world.key).value());
    REQUIRE(world.both.put(world.key, world.made));
    CHECK(world.near.kept.contains(world.key.digest));
    CHECK(world.far.kept.contains(world.key.digest));
}

TEST_CASE("a far cache that fails is told of once, and not asked again") {
    Results world;
    world.far.failure = kAway;
    CHECK_FALSE(world.both.find(world.key).value());
    REQUIRE(world.both.put(world.key, world.made));
    CHECK(world.both.find(world.key).value() == world.made);
    CHECK(world.messages == std::vector<std::string>{"the far one is away"});
    CHECK(world.far.finds + world.far.puts == 1);
}

TEST_CASE("a near cache that fails is a failure") {
    Results world;
    world.near.failure = Error{ErrorKind::Environment, "no space left"};
    CHECK(world.both.find(world.key).error().message == "no space left");
    CHECK(world.both.put(world.key, world.made).error().message == "no space left");
    CHECK(world.messages.empty());
}

TEST_CASE("contents are looked for near, and only the rest is asked for far away") {
    Contents world;
    const std::array<Digest, 3> digests{world.kept_near.put("near"), world.kept_far.put("far"), Digest::of("nowhere")};
    CHECK(world.both.has(digests).value() == std::vector<bool>{true, true, false});
    CHECK(world.kept_far.asked == 1);
    CHECK(world.both.has(std::span(digests).first(1)).value() == std::vector<bool>{true});
    CHECK(world.kept_far.asked == 1);
}

TEST_CASE("a content that is far is near once it was opened") {
    Contents world;
    const Digest digest = world.kept_far.put("content");
    CHECK(world.read(digest) == "content");
    CHECK(world.kept_near.kept.at(digest) == "content");
    CHECK(world.read(digest) == "content");
    CHECK(world.kept_far.opened == 1);
}

TEST_CASE("what is written is in both") {
    Contents world;
    const Digest digest = world.write("content").value();
    CHECK(world.kept_near.kept.at(digest) == "content");
    CHECK(world.kept_far.kept.at(digest) == "content");
}

TEST_CASE("a content that is nowhere is a Verify error, and no failure of the far store") {
    Contents world;
    CHECK(world.both.open(Digest::of("nowhere")).error().kind == ErrorKind::Verify);
    CHECK(world.messages.empty());
}

TEST_CASE("a far store that fails leaves the near one at work, and is told of once") {
    Contents world;
    const Digest far = world.kept_far.put("content");
    SUBCASE("at once") { world.kept_far.failure = kAway; }
    SUBCASE("within a content") { world.kept_far.failure_behind = kAway; }
    CHECK(world.both.open(far).error().kind == ErrorKind::Verify);
    CHECK(world.kept_near.kept.empty());
    const Digest written = world.write("mine").value();
    CHECK(world.read(written) == "mine");
    CHECK_FALSE(world.kept_far.kept.contains(written));
    CHECK(world.both.has(std::span(&far, 1)).value() == std::vector<bool>{false});
    CHECK(world.messages == std::vector<std::string>{"the far one is away"});
}

TEST_CASE("a far store that fails when it is to keep a content costs nothing but that") {
    Contents world;
    world.kept_far.failure_behind = kAway;
    const Digest digest = world.write("content").value();
    CHECK(world.read(digest) == "content");
    CHECK(world.messages.size() == 1);
}

TEST_CASE("bytes that are not what their digest says are not taken from far away") {
    Contents world;
    const Digest digest = Digest::of("content");
    world.kept_far.kept[digest] = "another";
    CHECK(world.both.open(digest).error().kind == ErrorKind::Verify);
    CHECK(world.kept_near.kept.empty());
    CHECK(world.messages == std::vector<std::string>{"other bytes"});
}
