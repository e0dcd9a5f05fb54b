// A RUN: a command in a root file system, and the layer of what it changed. Does not know keys or caches.
#pragma once

#include "plans/model/action.h"
#include "plans/model/noise.h"
#include "plans/model/plan.h"
#include "runtime/devices/device_grant.h"
#include "runtime/layers/layer_store.h"
#include "runtime/network/step_networks.h"
#include "runtime/sandbox/emulated_cpu.h"
#include "runtime/sandbox/sandbox.h"
#include "runtime/sandbox/user_namespace.h"
#include "runtime/step/run_mounts.h"
#include "runtime/store/records.h"
#include "runtime/sys/background.h"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

struct StepHost {
    std::string scratch;      // a folder on the store's file system to work in
    std::string stubs;        // made by make_stub_layer; steps share it
    std::string resolv_conf;  // text of the host's
    StepNetworks& networks;
    int stop_fd = -1;
    NamespaceIds ids;
    RunMounts mounts;
    DeviceGrant devices{};
    std::vector<std::string> hidden;               // values that its log must not show
    std::set<std::string> made_layers{};           // fs folders of layers that base images and commands made; needed where there are caches
    std::function<void(std::string_view)> note{};  // for the user
    std::function<void(std::string_view)> note_once{};  // the same, of the first command in a run for which it is true
};

// How the command ran, known before it starts.
struct StepPlatform {
    std::string emulator;  // name and version, empty if native
    Abi abi = Abi::Native;
    std::optional<Error> refusal{};        // why it can't run here
    std::shared_ptr<EmulatedCpu> cpu{};    // that the emulator shows; null if native, and where the host's own handlers run the programs
    std::string cpu_words{};               // "cpu neoverse-n1": what this command sees; empty if nobody knows
    bool is_widest = true;                 // there is no CPU that can do more
    std::shared_ptr<Background> others{};  // enters the emulators of other platforms; done before a command starts
};

// The emulator and the CPU that it shows: "qemu-aarch64-static (qemu-aarch64 version 7.2.22), cpu neoverse-n1"; empty if native.
std::string emulator_in_words(const StepPlatform& platform);

// Executes on the chain of layers (bottom first). A command that fails is an error of kind Step with the end of its output.
Result<ActionResult> execute_run(const RunAction& run, const std::vector<Digest>& chain, const std::optional<LayerTime>& time,
                                 LayerStore& layers, const StepHost& host, const StepPlatform& platform,
                                 const std::function<void(std::string_view)>& output);

}  // namespace mabplan::runtime
