// A blob that is read while it arrives: what the reader gets, and what the store has afterwards.
#include "runtime/layers/arriving_blob.h"

#include "runtime/layer/byte_pipe.h"
#include "runtime/layers/layer_store.h"
#include "tests/support/layer_builder.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <functional>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

// Sends what it is told to, and fetches into the store what it is told to.
class Sender final : public BlobFetcher {
public:
    explicit Sender(Store& store) : store_(store) {}
    Status fetch(const ImageLocation&, const Descriptor&, const ByteProgress&) override {
        ++fetched;
        MABPLAN_TRY(writer, store_.blobs().create());
        MABPLAN_CHECK(writer->write(to_fetch));
        MABPLAN_CHECK(writer->commit(Digest::of(blob)));
        return {};
    }
    Result<bool> send(const ImageLocation&, const Descriptor&, ByteSink& sink, const ByteProgress&) override {
        ++sent;
        return sending(sink);
    }
    std::string blob = "the bytes of the blob";
    std::string to_fetch = blob;
    std::function<Result<bool>(ByteSink&)> sending;
    int fetched = 0, sent = 0;

private:
    Store& store_;
};

class Text final : public ByteSink {
public:
    Status write(std::string_view bytes) override {
        if (text.size() >= most) return fail(ErrorKind::Input, "enough");
        text += bytes;
        return {};
    }
    std::string text;
    std::size_t most = 1U << 20U;
};

struct Arrival {
    TemporaryDirectory folder;
    std::unique_ptr<Store> store = Store::open(folder / "store").value();
    Sender sender{*store};
    Text text;

    Descriptor blob() const { return {std::string(media_type::kLayer), Digest::of(sender.blob), sender.blob.size(), {}, {}}; }
    Status run() {
        return fetch_through(sender, store->blobs(), {ImageLocation::Kind::Registry, "registry.lan/base", {}, {}}, blob(), text);
    }
    bool has_it() const { return store->blobs().read(Digest::of(sender.blob)).value_or("") == sender.blob; }
};

Result<bool> broken_off() { return fail(ErrorKind::Registry, "broken off"); }

}  // namespace

TEST_CASE("the reader has the first bytes before the last ones come, and the store has them all at the end") {
    Arrival world;
    world.sender.sending = [&](ByteSink& sink) -> Result<bool> {
        MABPLAN_CHECK(sink.write("the bytes "));
        CHECK(world.text.text == "the bytes ");
        CHECK_FALSE(world.has_it());
        MABPLAN_CHECK(sink.write("of the blob"));
        return true;
    };
    REQUIRE(world.run());
    CHECK(world.text.text == world.sender.blob);
    CHECK(world.has_it());
    REQUIRE(world.run());  // it is there: nobody is asked
    CHECK(world.sender.sent == 1);
    CHECK(world.sender.fetched == 0);
}

TEST_CASE("where there is no such way, or it breaks off, the rest is read from the store") {
    for (const std::size_t passed : {std::size_t{0}, std::size_t{7}}) {
        Arrival world;
        world.sender.sending = [&](ByteSink& sink) -> Result<bool> {
            if (passed == 0) return false;
            MABPLAN_CHECK(sink.write(world.sender.blob.substr(0, passed)));
            return broken_off();
        };
        REQUIRE(world.run());
        CHECK(world.text.text == world.sender.blob);
        CHECK(world.has_it());
        CHECK(world.sender.fetched == 1);
    }
}

TEST_CASE("bytes that are other ones are an error, and never in the store") {
    Arrival world;
    world.sender.sending = [&](ByteSink& sink) -> Result<bool> {
        MABPLAN_CHECK(sink.write("the bytes of another"));
        return true;
    };
    CHECK(world.run().error().kind == ErrorKind::Verify);
    CHECK_FALSE(world.store->blobs().size(Digest::of(world.sender.blob)));
    // one who breaks off, and whom nobody can stand in for
    Arrival none;
    none.sender.to_fetch = "neither";
    none.sender.sending = [&](ByteSink&) { return broken_off(); };
    CHECK(none.run().error().kind == ErrorKind::Verify);
    CHECK_FALSE(none.store->blobs().size(Digest::of(none.sender.blob)));
}

TEST_CASE("a reader that wants no more does not keep the rest from coming, and an interrupt ends it") {
    Arrival world;
    world.text.most = 3;
    world.sender.sending = [&](ByteSink& sink) -> Result<bool> {
        for (const char byte : world.sender.blob) MABPLAN_CHECK(sink.write(std::string(1, byte)));
        return true;
    };
    REQUIRE(world.run());
    CHECK(world.text.text == "the");
    CHECK(world.has_it());
    Arrival stopped;
    stopped.sender.sending = [](ByteSink&) -> Result<bool> { return fail(ErrorKind::Interrupted, "interrupted"); };
    CHECK(stopped.run().error().kind == ErrorKind::Interrupted);
    CHECK(stopped.sender.fetched == 0);
}

TEST_CASE("a layer is made of what arrives, or of what is fetched and verified if that was damaged on its way") {
    for (const bool damaged : {false, true}) {
        Arrival world;
        world.sender.blob = world.sender.to_fetch = tar_of({{file_line("base", 11), "of the base"}});
        std::string bytes = world.sender.blob;
        if (damaged) bytes[bytes.find("of the base")] = 'O';
        world.sender.sending = [&](ByteSink& sink) -> Result<bool> {
            MABPLAN_CHECK(sink.write(bytes));
            return true;
        };
        LayerStore layers(*world.store, world.sender, 1);
        layers.hold_in_memory();
        const Digest diff_id = Digest::of(world.sender.blob);
        layers.know_base({world.blob(), diff_id}, {ImageLocation::Kind::Registry, "registry.lan/base", {}, {}});
        const std::vector<Digest> stack{diff_id};
        auto view = layers.view(stack);
        REQUIRE(view);
        CHECK(view->open_file("base"));
        CHECK(world.sender.sent == 1);
        CHECK(world.sender.fetched == (damaged ? 1 : 0));
    }
}
