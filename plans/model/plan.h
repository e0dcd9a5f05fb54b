// The plan: everything that running needs to know, and nothing of the host it was made on. A plain value.
#pragma once

#include "plans/model/action.h"
#include "plans/model/output.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mabplan {

// Raised when the same fields come to mean something else: it is part of every key.
inline constexpr std::uint32_t kSemanticsVersion = 6;

// A folder of files, seen through its ignore patterns. The path is relative to the project's folder, or absolute.
struct BuildContext {
    std::string name;  // "context" for the main one, else the named context
    std::string path;
    std::vector<std::string> ignore;  // patterns in patternmatcher's syntax, in order
    bool operator==(const BuildContext&) const = default;
};

// One line of an image's history. `layer` names the action whose layer it stands for; nothing: an empty layer.
struct HistoryEntry {
    std::string created_by;
    std::optional<ActionId> layer;
    std::optional<std::int64_t> created = {};  // seconds since 1970; nothing: when the image is assembled
    bool operator==(const HistoryEntry&) const = default;
};

// Key to value (image-spec, annotations.md).
using Annotations = std::map<std::string, std::string>;

// A requested image for one platform: target x platform.
struct Cell {
    std::string target;
    Platform platform;
    std::optional<ActionId> root;              // the last action; nothing: an empty image
    std::string config;                        // image configuration as JSON, without rootfs and history of this build
    std::vector<HistoryEntry> history;         // what this build adds to that of the base
    Annotations annotations;                   // of the manifest
    Annotations descriptor_annotations;        // of the manifest's descriptor, which stands in the index
    Platform root_platform;                    // of the final stage: what its files are made for
    std::string final_stage;                   // for messages
    Origin final_from;                         // the FROM of the final stage, for messages
    bool optional = false;                     // may fail without sinking the index
    std::optional<std::int64_t> created = {};  // of the image, seconds since 1970; nothing: when it is assembled
    bool operator==(const Cell&) const = default;
};

// A requested build: one index over its cells, which stand in the order in which the platforms were requested.
struct Target {
    std::string name;
    std::vector<Cell> cells;
    std::vector<std::string> tags;       // full references
    Annotations annotations;             // of the index
    Annotations descriptor_annotations;  // of the index's descriptor, which stands in a layout's index.json
    std::vector<Output> outputs;
    bool operator==(const Target&) const = default;
};

// How a registry is reached. No part of any key.
struct RegistryHost {
    std::string host;                  // "registry.lan:5000"
    std::vector<std::string> mirrors;  // asked first, in order
    bool plain_http = false;
    std::vector<std::string> ca;  // files with further certificates, relative to the project's folder
    bool insecure = false;        // any certificate is taken, and plain http where https is not spoken
    std::string certificate{};    // a file that we show the host, with its key; relative to the project's folder. Empty: none
    std::string key{};
    bool operator==(const RegistryHost&) const = default;
};

// Where the value of a secret is found when the plan is run. The value itself is in no plan. No part of any key.
struct SecretSource {
    std::string id;
    std::optional<std::string> file;         // relative to the project's folder, absolute, or "~/…"; one of the two is set
    std::optional<std::string> environment;  // name of a variable
    bool operator==(const SecretSource&) const = default;
};

// The ssh agent that commands reach under an id. No part of any key.
struct AgentSource {
    std::string id;
    std::vector<std::string> paths;  // a socket, or key files; none: the agent of the environment
    bool operator==(const AgentSource&) const = default;
};

struct Plan {
    std::uint32_t semantics = kSemanticsVersion;
    std::vector<RegistryHost> registries;
    std::vector<BuildContext> contexts;
    std::vector<SecretSource> secrets;  // each id once
    std::vector<AgentSource> agents;    // each id once
    std::vector<Action> actions;
    std::vector<Target> targets;
    bool operator==(const Plan&) const = default;

    const Action& action(ActionId id) const { return actions[id.index]; }
};

}  // namespace mabplan
