// What stands around a step on this host, in a folder of its own: a store, layers, grants.
#pragma once

#include "runtime/step/local_step_runner.h"
#include "runtime/step/step_network.h"
#include "tests/support/fake_steps.h"
#include "tests/support/layer_builder.h"
#include "tests/support/temporary_directory.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mabplan::runtime::tests {

using namespace mabplan::tests;

class NoBases final : public BlobFetcher {
public:
    Status fetch(const ImageLocation&, const Descriptor&, const ByteProgress&) override {
        return fail(ErrorKind::Registry, "there are no bases here");
    }
};

struct StepWorld {
    TemporaryDirectory folder;
    std::unique_ptr<Store> store = Store::open(folder / "store").value();
    NoBases bases;
    LayerStore layers{*store, bases, 1};
    Secrets secrets{{{"token", {}, "TOKEN"}, {"key", {}, "KEY"}}, folder.path(), {{{"TOKEN", "hunter2"}, {"KEY", "abc"}}, {}, {}}};
    std::vector<AgentSource> agents;
    KeyAgents key_agents{store->scratch(), {}};
    HostDevices devices;
    StepNetworks networks = networks_for({}, "", [](std::string_view) {});

    // The diff_id of a layer that the store has.
    Digest add_layer(const std::string& tar) {
        const Digest diff_id = Digest::of(tar);
        if (!store->blobs().put(diff_id, tar)) throw std::runtime_error("the store does not take a layer");
        return diff_id;
    }
    static std::string tar_with(const std::string& path, const std::string& text) { return tar_of({{file_line(path, text.size()), text}}); }
};

}  // namespace mabplan::runtime::tests
