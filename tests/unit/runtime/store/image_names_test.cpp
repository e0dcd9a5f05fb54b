// Images that the store knows by name, and that pruning keeps what they are made of.
#include "plans/oci/manifest.h"
#include "runtime/store/database.h"
#include "runtime/store/named_blobs.h"
#include "runtime/store/prune.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <thread>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

struct Named {
    Descriptor put(std::string_view type, const std::string& bytes) const {
        REQUIRE(store->blobs().put(Digest::of(bytes), bytes));
        return {std::string(type), Digest::of(bytes), bytes.size(), {}, {}};
    }
    // An index of one image, of which the layer need not be here.
    Descriptor image(const std::string& text) const {
        Manifest manifest;
        manifest.config = put(media_type::kConfig, "{\"it\":\"" + text + "\"}");
        manifest.layers = {put(media_type::kLayer, "layer " + text)};
        return put(media_type::kIndex, write_index(Index{{put(media_type::kManifest, write_manifest(manifest))}, {}}));
    }
    bool has(const std::string& bytes) const { return store->blobs().size(Digest::of(bytes)).has_value(); }

    tests::TemporaryDirectory folder;
    std::unique_ptr<Store> store = Store::open(folder / "store").value();
    Records& records = store->records();
};

}  // namespace

TEST_CASE("a name is taken away when whoever writes meanwhile has ended") {
    const Named it;
    REQUIRE(it.records.put_image("docker.io/library/app:1", it.image("one")));
    Database other = Database::open(it.store->root() + "/records.sqlite").value();
    REQUIRE(other.execute("BEGIN IMMEDIATE; UPDATE images SET made=1;"));
    std::thread writer([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        CHECK(other.execute("COMMIT"));
    });
    CHECK(it.records.forget_image("docker.io/library/app:1").value());
    writer.join();
    CHECK_FALSE(it.records.find_image("docker.io/library/app:1").value());
}

TEST_CASE("names are kept, given anew, listed in their order and taken away") {
    Named it;
    const Descriptor one = it.image("one"), two = it.image("two");
    CHECK_FALSE(it.records.find_image("docker.io/library/app:1").value());
    REQUIRE(it.records.put_image("docker.io/library/b:1", one));
    REQUIRE(it.records.put_image("docker.io/library/a:1", one));
    REQUIRE(it.records.put_image("docker.io/library/a:1", two));
    const auto images = it.records.images().value();
    REQUIRE(images.size() == 2);
    CHECK(images[0].name == "docker.io/library/a:1");
    CHECK(images[0].root == two);
    CHECK(images[0].made > 0);
    CHECK(it.records.find_image("docker.io/library/b:1").value()->root.digest == one.digest);
    CHECK(it.records.forget_image("docker.io/library/a:1").value());
    CHECK_FALSE(it.records.forget_image("docker.io/library/a:1").value());
    CHECK(it.records.images().value().size() == 1);
}

TEST_CASE("a name with a digest stands for what has that digest alone") {
    Named it;
    const Descriptor one = it.image("one"), two = it.image("two");
    const std::string pinned = "docker.io/library/app@" + one.digest.text();
    CHECK(it.records.put_image(pinned, two).error().kind == ErrorKind::Verify);
    CHECK_FALSE(it.records.find_image(pinned).value());
    REQUIRE(it.records.put_image(pinned, one));
    CHECK(it.records.find_image(pinned).value()->root == one);
}

TEST_CASE("where a blob came from is known, but for the store itself") {
    Named it;
    const ImageLocation registry{ImageLocation::Kind::Registry, "registry.lan/base:1", {}, {}};
    const ImageLocation layout{ImageLocation::Kind::Layout, "/bases/base:1", {}, {}};
    const ImageLocation own{ImageLocation::Kind::Store, "docker.io/library/app:1", {}, {}};
    const Digest a = Digest::of("a"), b = Digest::of("b"), c = Digest::of("c");
    REQUIRE(it.records.put_image("docker.io/library/app:1", it.image("one"), {{a, registry}, {b, layout}, {c, own}}));
    CHECK(it.records.find_origin(a).value() == registry);
    CHECK(it.records.find_origin(b).value() == layout);
    CHECK_FALSE(it.records.find_origin(c).value());
}

namespace {

Result<PruneReport> prune(Store& store, const PruneLimits& limits) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // a tick of the clock that files have
    return prune_store(store, limits);
}

std::set<Digest> named_blobs(Store& store) {
    std::set<Digest> reached;
    const std::vector<NamedImage> images = store.records().images().value();
    for (const NamedImage& image : images) reach_named_blobs(store, image, reached);
    return reached;
}

}  // namespace

TEST_CASE("pruning keeps what images with a name are made of, unless they are to go, too") {
    Named it;
    REQUIRE(it.records.put_image("docker.io/library/app:1", it.image("one")));
    static_cast<void>(it.image("two"));
    CHECK(named_blobs(*it.store).size() == 4);
    CHECK(prune(*it.store, {}).value().items == 4);
    CHECK(it.has("layer one"));
    CHECK_FALSE(it.has("layer two"));
    CHECK(prune(*it.store, {std::uint64_t{0}, {}}).value().items == 0);
    CHECK(prune(*it.store, {.named_too = true}).value().items == 4);
    CHECK_FALSE(it.has("layer one"));
    CHECK(it.records.images().value().empty());
}

TEST_CASE("a document that is damaged keeps what others name") {
    Named it;
    const Descriptor image = it.image("one");
    REQUIRE(it.records.put_image("docker.io/library/app:1", image));
    REQUIRE(it.records.put_image("docker.io/library/gone:1", {std::string(media_type::kIndex), Digest::of("gone"), 4, {}, {}}));
    CHECK(named_blobs(*it.store).size() == 5);
    REQUIRE(it.store->blobs().remove(image.digest));
    CHECK(named_blobs(*it.store).size() == 2);
}
