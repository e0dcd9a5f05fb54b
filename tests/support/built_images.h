// A store with layers that a test makes of entries, and a target built of them. Layers are held in memory: no user namespace is needed.
#pragma once

#include "runtime/layers/layer_store.h"
#include "runtime/output/built_target.h"
#include "tests/support/layer_builder.h"
#include "tests/support/temporary_directory.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace mabplan::tests {

// Base layers that cannot be had.
class NoBlobs final : public runtime::BlobFetcher {
public:
    Status fetch(const ImageLocation&, const Descriptor& blob, const runtime::ByteProgress&) override {
        return fail(ErrorKind::Registry, "there is no blob " + blob.digest.text());
    }
};

class BuiltImages {
public:
    BuiltImages() {
        layers.hold_in_memory();
        built.target.name = "app";
    }

    // The diff_id.
    Digest add_layer(const std::vector<Content>& contents) const {
        const std::string tar = tar_of(contents);
        const Digest diff_id = Digest::of(tar);
        if (!blobs().put(diff_id, tar)) throw std::runtime_error("the store does not take a layer");
        return diff_id;
    }
    Cell& add_cell(const char* architecture, const std::vector<Digest>& chain) {
        built.chains.push_back(chain);
        Cell& cell = built.target.cells.emplace_back();
        cell.target = built.target.name;
        cell.platform = {"linux", architecture, "", "", {}};
        cell.config = std::string(R"({"architecture":")") + architecture + R"(","os":"linux"})";
        return cell;
    }
    const runtime::BlobStore& blobs() const { return store->blobs(); }

    TemporaryDirectory folder;
    std::unique_ptr<runtime::Store> store = runtime::Store::open(folder / "store").value();
    NoBlobs fetcher;
    runtime::LayerStore layers{*store, fetcher, 1};
    runtime::BuiltTarget built;
};

}  // namespace mabplan::tests
