#include "runtime/layers/packing_ahead.h"

#include "runtime/layer/codec.h"
#include "runtime/sys/file.h"
#include "tests/support/layer_builder.h"
#include "tests/support/memory_content_store.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

class Nothing final : public BlobFetcher {
public:
    Status fetch(const ImageLocation&, const Descriptor&, const ByteProgress&) override { return fail(ErrorKind::Verify, "not there"); }
};

struct Packed {
    Packed() { layers.hold_in_memory(); }
    Digest layer(const std::string& path) { return contents.put(tar_of({{file_line(path, 4), "text"}})); }
    std::optional<PackedLayer> packed(const Digest& diff_id) const {
        return store->records().find_packed(diff_id, codec_id(Compression::Gzip)).value();
    }
    bool is_packed_soon(const Digest& diff_id) const {
        for (int i = 0; i < 1000 && !packed(diff_id); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return packed(diff_id).has_value();
    }

    TemporaryDirectory folder;
    std::unique_ptr<Store> store = Store::open(folder / "store").value();
    MemoryContents contents;
    MemoryContentStore elsewhere{contents};
    Nothing fetcher;
    LayerStore layers{*store, elsewhere, fetcher, 1, TarLimits{}.max_bytes};
};

}  // namespace

TEST_CASE("layers are packed without being asked for, and are then what who asks for them gets") {
    Packed world;
    const Digest one = world.layer("one"), other = world.layer("other");
    PackingAhead ahead(world.layers);
    ahead.want(one, Compression::Gzip);
    CHECK(world.is_packed_soon(one));
    ahead.want(other, Compression::Gzip);
    CHECK(world.is_packed_soon(other));
    CHECK(world.layers.pack(one, Compression::Gzip).value().digest == world.packed(one)->digest);
}

TEST_CASE("a layer that can't be packed is nobody's loss but that of who asks for it") {
    Packed world;
    const Digest missing = Digest::of("nowhere"), there = world.layer("one");
    PackingAhead ahead(world.layers);
    ahead.want(missing, Compression::Gzip);
    ahead.want(there, Compression::Gzip);
    CHECK(world.is_packed_soon(there));
    CHECK_FALSE(world.packed(missing));
    CHECK_FALSE(world.layers.pack(missing, Compression::Gzip));
}

TEST_CASE("nothing is begun any more once it is given up, and it ends at once") {
    Packed world;
    std::vector<Digest> layers;
    for (int i = 0; i < 200; ++i) layers.push_back(world.layer(std::to_string(i)));
    {
        PackingAhead ahead(world.layers);
        for (const Digest& layer : layers) ahead.want(layer, Compression::Gzip);
        ahead.give_up_all_but({layers.begin(), layers.end()});
    }
    CHECK_FALSE(world.packed(layers.back()));
}

TEST_CASE("what is being packed goes on only if it is needed, and after the end layers may be wanted again") {
    Packed world;
    const std::string bytes(100U << 20U, 'x');
    const Digest large = world.contents.put(tar_of({{file_line("large", bytes.size()), bytes}})), small = world.layer("small");
    PackingAhead ahead(world.layers);
    ahead.want(large, Compression::Gzip);
    ahead.want(small, Compression::Gzip);
    const auto begin = [&] {
        for (int i = 0; i < 1000 && world.contents.opened == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    };
    begin();
    ahead.end();
    CHECK_FALSE(world.packed(large));
    CHECK_FALSE(world.packed(small));
    world.contents.opened = 0;
    ahead.want(large, Compression::Gzip);
    begin();
    ahead.give_up_all_but({large});
    CHECK(world.is_packed_soon(large));
}

TEST_CASE("a damaged layer is left to who needs it") {
    Packed world;
    const Digest layer = Digest::of("what it should be");
    REQUIRE(world.store->blobs().put(Digest::of("x"), "x"));
    REQUIRE(write_file(world.store->blobs().path(layer), tar_of({{file_line("f", 4), "text"}})));
    const Stop given_up;
    CHECK(world.layers.pack_ahead(layer, Compression::Gzip, given_up).error().kind == ErrorKind::Verify);
    CHECK(path_exists(world.store->blobs().path(layer)));
    CHECK(world.layers.losses() == 0);
    CHECK_FALSE(world.layers.pack(layer, Compression::Gzip));
    CHECK_FALSE(path_exists(world.store->blobs().path(layer)));
    CHECK(world.layers.losses() == 1);
}
