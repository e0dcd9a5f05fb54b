// Layers by diff_id, from wherever their bytes are. They are held in memory: no namespace is needed.
#include "runtime/layers/layer_store.h"

#include "runtime/sys/file.h"
#include "tests/support/layer_builder.h"
#include "tests/support/memory_content_store.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <unistd.h>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

// A registry of one blob, which counts how often it is asked.
class OneBlob final : public BlobFetcher {
public:
    OneBlob(Store& store, std::string bytes) : store_(store), bytes_(std::move(bytes)) {}
    Status fetch(const ImageLocation&, const Descriptor& blob, const ByteProgress&) override {
        ++fetched;
        return store_.blobs().put(blob.digest, bytes_);
    }
    int fetched = 0;

private:
    Store& store_;
    std::string bytes_;
};

struct World {
    World() { layers.hold_in_memory(); }

    // A base of one layer, uncompressed; what is fetched for it are `bytes`.
    void know_base() {
        const Descriptor blob{"application/vnd.oci.image.layer.v1.tar", base, base_tar.size(), {}, {}};
        layers.know_base({blob, base}, {ImageLocation::Kind::Registry, "registry.lan/base", {}, {}});
    }
    // The file of a stack of layers, or why it can't be read.
    std::string file(const std::vector<Digest>& diff_ids, const std::string& path) {
        auto view = layers.view(diff_ids);
        if (!view) return view.error().message;
        const auto opened = view->open_file(path);
        if (!opened) return opened.error().message;
        return read_text(*read_from(::dup(opened->get()), path), 1U << 20U).value();
    }
    Digest put_far(const std::string& tar) { return contents.put(tar); }
    static std::string tar(const std::string& path, const std::string& bytes) { return tar_of({{file_line(path, bytes.size()), bytes}}); }
    static std::string read(ByteSource& source) { return read_text(source, 1U << 20U).value(); }

    TemporaryDirectory folder;
    std::unique_ptr<Store> store = Store::open(folder / "store").value();
    MemoryContents contents;
    MemoryContentStore elsewhere{contents};
    std::string base_tar = tar("base", "of the base");
    Digest base = Digest::of(base_tar);
    OneBlob fetcher{*store, base_tar};
    LayerStore layers{*store, elsewhere, fetcher, 1, TarLimits{}.max_bytes};
};

}  // namespace

TEST_CASE("a layer is had from the content store that layers are written to") {
    World world;
    const std::string tar = World::tar("a", "text");
    CHECK_FALSE(world.layers.has(Digest::of(tar)).value());
    const Digest layer = world.put_far(tar);
    CHECK(world.layers.has(layer).value());
    CHECK(World::read(*world.layers.open_tar(layer).value()) == tar);
    CHECK(world.file({layer}, "a") == "text");
}

TEST_CASE("what is in this store is not looked for elsewhere") {
    World world;
    const std::string tar = World::tar("a", "text");
    REQUIRE(world.store->blobs().put(Digest::of(tar), tar));
    CHECK(World::read(*world.layers.open_tar(Digest::of(tar)).value()) == tar);
    CHECK(world.contents.asked == 0);
}

TEST_CASE("a layer that is nowhere is a Verify error that names it") {
    World world;
    const Digest layer = Digest::of("nothing");
    const auto missing = world.layers.open_tar(layer);
    CHECK(missing.error().kind == ErrorKind::Verify);
    CHECK(missing.error().message == "the layer " + layer.text() + " is not in the store");
}

TEST_CASE("a content store that fails is an error, and not a missing layer") {
    World world;
    world.contents.failure = Error{ErrorKind::Environment, "out of order"};
    CHECK(world.layers.has(Digest::of("x")).error().message == "out of order");
    CHECK(world.layers.open_tar(Digest::of("x")).error().message == "out of order");
}

TEST_CASE("a layer of a base is there as long as it can be fetched, and is fetched once") {
    World world;
    world.know_base();
    CHECK(world.layers.has(world.base).value());
    CHECK(world.fetcher.fetched == 0);
    CHECK(world.file({world.base}, "base") == "of the base");
    CHECK(world.file({world.base}, "base") == "of the base");
    CHECK(world.fetcher.fetched == 1);
    CHECK(world.contents.asked == 0);
}

TEST_CASE("a damaged blob of a base is fetched once more") {
    World world;
    world.know_base();
    std::string damaged = world.base_tar;
    damaged[600] = 'X';  // in the file
    REQUIRE(write_file(world.store->blobs().path(world.base), damaged, 0644, Durability::Cached));
    CHECK(world.file({world.base}, "base") == "of the base");
    CHECK(world.fetcher.fetched == 1);
}

TEST_CASE("a damaged layer of our own is dropped, and all that was known of it") {
    World world;
    const std::string tar = World::tar("a", "text");
    const Digest layer = Digest::of(tar);
    std::string damaged = tar;
    damaged[600] = 'X';
    REQUIRE(write_file(world.store->blobs().path(layer), damaged, 0644, Durability::Cached));
    const ResultKey key{Digest::of("key"), KeyKind::Content, {}, [] { return Explanation{}; }};
    REQUIRE(world.store->records().put(key, {layer, tar.size(), 0, {}}));
    const auto view = world.layers.view(std::vector<Digest>{layer});
    CHECK(view.error().kind == ErrorKind::Verify);
    CHECK_FALSE(world.layers.has(layer).value());
    CHECK_FALSE(world.store->records().find(key).value());
}

TEST_CASE("layers are stacked: the upper one hides the lower one, a whiteout takes away") {
    World world;
    const Digest lower = world.put_far(tar_of({{file_line("a", 1), "1"}, {file_line("b", 1), "1"}}));
    const Digest upper = world.put_far(tar_of({{file_line("a", 1), "2"}, {mark_line("b", LayerMark::Whiteout), ""}}));
    CHECK(world.file({lower}, "b") == "1");
    CHECK(world.file({lower, upper}, "a") == "2");
    CHECK(world.file({lower, upper}, "b") != "1");
}

TEST_CASE("a layer is packed once; a base goes out as it came in") {
    World world;
    world.know_base();
    const Digest layer = world.put_far(World::tar("a", "text"));
    const Descriptor packed = world.layers.pack(layer, Compression::Gzip).value();
    CHECK(packed.media_type == "application/vnd.oci.image.layer.v1.tar+gzip");
    CHECK(world.store->blobs().size(packed.digest) == packed.size);
    const int opened = world.contents.opened;
    CHECK(world.layers.pack(layer, Compression::Gzip).value() == packed);
    CHECK(world.contents.opened == opened);
    const Descriptor base = world.layers.pack(world.base, Compression::Gzip).value();
    CHECK(base.digest == world.base);
    CHECK_FALSE(world.store->blobs().size(world.base));  // nobody wanted its bytes yet
    CHECK(world.layers.origin(base.digest)->address == "registry.lan/base");
    CHECK_FALSE(world.layers.origin(packed.digest));
    REQUIRE(world.layers.bring(base));
    REQUIRE(world.layers.bring(base));
    CHECK(world.fetcher.fetched == 1);
    CHECK(world.store->blobs().size(world.base));
    CHECK(world.layers.bring({"", Digest::of("nothing"), 7, {}, {}}).error().kind == ErrorKind::Verify);
}

TEST_CASE("programs of a layer are looked for once") {
    World world;
    const Digest layer = world.put_far(World::tar("a", "no program"));
    CHECK(world.layers.programs(layer).value().empty());
    const int opened = world.contents.opened;
    CHECK(world.layers.programs(layer).value().empty());
    CHECK(world.contents.opened == opened);
}

TEST_CASE("who reads layers is told when the run is stopped, also in the middle of one") {
    World world;
    Stop stop;
    world.layers.heed(stop);
    const std::string bytes(300000, 'x');
    const Digest layer = world.put_far(World::tar("a", bytes));
    auto tar = world.layers.open_tar(layer).value();
    std::array<char, 1000> buffer{};
    REQUIRE(tar->read(buffer).value() > 0);
    stop.give_up();
    CHECK(tar->read(buffer).error().kind == ErrorKind::Interrupted);
    CHECK(world.layers.open_tar(layer).error().kind == ErrorKind::Interrupted);
    CHECK(world.layers.pack(layer, Compression::Gzip).error().kind == ErrorKind::Interrupted);
    const std::vector<Digest> stack{layer};
    CHECK(world.layers.view(stack).error().kind == ErrorKind::Interrupted);
    // a repair begins anew, and nothing is taken for damaged
    stop.begin_anew();
    CHECK(world.file({layer}, "a").starts_with("xxx"));
}
