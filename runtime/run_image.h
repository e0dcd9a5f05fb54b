// Runs an image as it is, for trying it: its command in the sandbox, on the terminal of the caller. Nothing of it is kept.
#pragma once

#include "plans/model/action.h"
#include "plans/oci/image_config.h"
#include "runtime/layers/layer_store.h"
#include "runtime/sandbox/resolv_conf.h"
#include "runtime/sandbox/sandbox.h"
#include "runtime/store/store.h"
#include "runtime/sys/stop.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct ImageToRun {
    Platform platform;
    ImageConfig config;
    std::vector<BaseLayer> layers;
    ImageLocation location;
};

struct ImageRunSettings {
    std::optional<std::vector<std::string>> entrypoint;  // instead of the image's
    std::vector<std::string> command;                    // instead of the image's; empty: the image's
    std::vector<std::string> env;                        // "NAME=value", beside the image's
    std::vector<std::string> unset;                      // names of variables of the image that the command is not to have
    std::string user;                                    // instead of the image's; empty: the image's
    std::string working_dir;                             // the same
    std::string hostname;                                // empty: one of ours
    std::vector<ExtraHost> extra_hosts;
    std::vector<Ulimit> ulimits;
    std::vector<StepMount> mounts;  // what the command sees beside the image
    Network network = Network::Default;
    std::vector<std::string> emulator_folders;             // and where what connects networks is
    std::string resolv_conf;                               // text of the host's
    DnsSettings dns;                                       // in place of it
    const Stop* stop = nullptr;                            // ends the command, and what comes before it
    enum class Input { None, Given } input = Input::None;  // Given: the standard input of this process
    // Called when the command is about to start, if it is to have a terminal of its own; that is shown on standard output.
    std::function<TerminalEnds()> open_terminal;
};

// The exit code of the command; 128 + N if signal N ended it. While the process has one thread.
Result<int> run_image(const ImageToRun& image, const ImageRunSettings& settings, Store& store, BlobFetcher& fetcher);

}  // namespace mabplan::runtime
