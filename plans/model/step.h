// One command, said completely, and what came of it: what a host must know to run it and to give the layer that it makes. Plain values
// that travel: layers by digest, secrets and agents by id. Knows no plan; no path, handle or secret of any host is in it.
#pragma once

#include "plans/base/digest.h"
#include "plans/model/action.h"
#include "plans/model/layer_facts.h"
#include "plans/model/noise.h"
#include "plans/oci/platform.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mabplan {

// A path in a stack of layers.
struct LayersInput {
    std::vector<Digest> layers;  // diff_ids, bottom first; none: an empty folder
    std::string source;          // absolute
    bool writable = false;       // what is written is thrown away
    bool operator==(const LayersInput&) const = default;
};

struct InlineInput {
    std::vector<InlineFile> files;
    bool writable = false;
    bool operator==(const InlineInput&) const = default;
};

// What a cache holds when it is made.
struct CacheSeed {
    Digest layer;              // all of it
    std::vector<Digest> seen;  // the layers that those who made the files had before them, bottom first; none: they say nothing
    bool operator==(const CacheSeed&) const = default;
};

// A folder of the host that outlives the command: which one its key says.
struct CacheInput {
    std::string id;  // as written: for people
    Digest key;
    std::string about;  // what the key stands for: for people
    CacheSharing sharing = CacheSharing::Shared;
    bool read_only = false;
    std::uint32_t mode = 0755;  // of the folder when it is made, as the owner
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::optional<CacheSeed> seed{};  // nothing: it starts empty
    bool operator==(const CacheInput&) const = default;
};

struct StepInput {
    std::string target;  // absolute, clean; empty: a secret that is a variable only
    std::variant<LayersInput, InlineInput, CacheInput, TmpfsMount, SecretMount, SshMount> what;
    bool operator==(const StepInput&) const = default;
};

// As in RunAction, where nothing else is said.
struct StepRequest {
    std::string stage;           // these two for people
    std::string text;            // the instruction, on one line
    std::vector<Digest> layers;  // the root file system: diff_ids, bottom first
    std::vector<std::string> argv;
    std::vector<std::string> env;
    std::vector<std::string> proxy;  // seen where `env` has nothing of the name
    std::string cwd;
    std::string user;
    std::string hostname;
    Platform platform;
    Runner runner = Runner::Auto;
    Network network = Network::Default;
    Security security = Security::Sandbox;
    Noise noise = Noise::Drop;
    std::optional<std::int64_t> epoch;
    std::optional<std::int64_t> layer_time;  // of what the command writes, seconds since 1970; nothing: times are kept as they are
    std::vector<StepInput> inputs;           // in the order written
    // Of the layers that are named here those that base images and commands made; needed where there are caches, else none. Sorted.
    std::vector<Digest> made_layers;
    std::vector<ExtraHost> extra_hosts;
    std::vector<Ulimit> ulimits;
    std::vector<DeviceRequest> devices;
    std::optional<std::uint64_t> timeout_ms;
    bool operator==(const StepRequest&) const = default;
};

// The layer of what a command changed.
struct StepLayer {
    Digest diff_id;
    std::uint64_t bytes = 0;        // of the uncompressed tar
    std::vector<LeftOut> left_out;  // sorted by path
    std::vector<ProgramFound> programs;
    std::vector<BakedIn> baked_in;
    bool operator==(const StepLayer&) const = default;
};

// A command that did not end well.
struct StepFailed {
    enum class How {
        Exited,     // code: not 0
        Signalled,  // code: the signal's number
        TimedOut,
    };
    How how = How::Exited;
    int code = 0;
    std::string log_tail;  // the end of what it said
    std::string hint;      // what who ran it advises; mostly empty
    bool operator==(const StepFailed&) const = default;
};

struct StepResult {
    std::variant<StepLayer, StepFailed> what;
    double seconds = 0;         // that the command took, and taking its layer
    double waited_seconds = 0;  // before it, for others
    std::string emulator;       // name, version and CPU; empty if it ran natively
    bool operator==(const StepResult&) const = default;
};

// Every layer that is named in a request, each once, in the order in which they are met: the root first.
std::vector<Digest> layers_of(const StepRequest& request);

}  // namespace mabplan
