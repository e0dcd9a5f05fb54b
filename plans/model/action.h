// The nodes of a plan. An action says completely what is done and from what; it knows nothing of how, where or when.
#pragma once

#include "plans/base/digest.h"
#include "plans/oci/descriptor.h"
#include "plans/oci/platform.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mabplan {

// The place of an action in Plan::actions. Inputs always stand before the actions that use them.
struct ActionId {
    std::uint32_t index = 0;
    auto operator<=>(const ActionId&) const = default;
};

// The place of a build context in Plan::contexts.
struct ContextId {
    std::uint32_t index = 0;
    auto operator<=>(const ContextId&) const = default;
};

// Where the bytes of a base image are fetched from. Not part of any key: the diff_ids are.
struct ImageLocation {
    enum class Kind { Layout, Registry };
    Kind kind = Kind::Registry;
    std::string address;  // a folder (relative to the project's), or a reference with domain
    Digest index;         // the index the platform was chosen from; empty if there was none
    Digest manifest;
    bool operator==(const ImageLocation&) const = default;
};

struct BaseLayer {
    Descriptor blob;
    Digest diff_id;
    bool operator==(const BaseLayer&) const = default;
};

// A base image: a stack of layers that somebody else made. Bottom layer first.
struct ImageAction {
    std::string name;  // as written in the Dockerfile
    Platform platform;
    ImageLocation location;
    std::vector<BaseLayer> layers;
    bool operator==(const ImageAction&) const = default;
};

enum class Network { Default, None, Host };
enum class Runner { Auto, Native, Qemu };

// A command in a root file system. Makes one layer: what it changed.
struct RunAction {
    std::optional<ActionId> root;  // nothing: FROM scratch
    std::vector<std::string> argv;
    std::vector<std::string> env;  // "NAME=value", in order, no name twice
    std::string cwd;
    std::string user;  // as in USER; names are looked up in the root file system. Empty: root
    Platform platform;
    Network network = Network::Default;
    Runner runner = Runner::Auto;  // where it may run: not part of the key
    bool operator==(const RunAction&) const = default;
};

// Files of a build context, chosen when the plan was made: the tree digest is that of what was chosen.
struct ContextFiles {
    ContextId context;
    Digest tree;
    bool operator==(const ContextFiles&) const = default;
};

// Files of another root file system: what they are is known when it has been made.
struct RootFiles {
    std::optional<ActionId> root;
    bool operator==(const RootFiles&) const = default;
};

// Files copied into a root file system. Makes one layer. Of the root it reads only what lies along the destination.
struct CopyAction {
    std::optional<ActionId> root;
    std::variant<ContextFiles, RootFiles> from;
    std::vector<std::string> sources;  // expanded, may hold wildcards
    std::string destination;           // absolute; a trailing slash says that it is a directory
    std::string chown;                 // "uid", "uid:gid", or empty: 0:0 for contexts, as they are for root file systems
    std::optional<std::uint32_t> chmod;
    bool operator==(const CopyAction&) const = default;
};

// WORKDIR: the directory and its missing parents. Makes one layer.
struct MakeDirectoryAction {
    std::optional<ActionId> root;
    std::string path;  // absolute, clean
    std::string owner; // as in USER
    bool operator==(const MakeDirectoryAction&) const = default;
};

using Work = std::variant<ImageAction, RunAction, CopyAction, MakeDirectoryAction>;

// Where an action comes from. For people only: no key holds it.
struct Origin {
    std::string dockerfile;
    std::uint32_t line = 0;
    std::string stage;  // its name, or "stage-N"
    std::string text;   // the instruction, on one line
    bool operator==(const Origin&) const = default;
};

struct Action {
    Work work;
    Digest definition_key;
    Origin origin;
    bool operator==(const Action&) const = default;
};

// The root file system an action builds on; nothing for images and for FROM scratch.
std::optional<ActionId> root_of(const Work& work);
// All inputs, the root first.
std::vector<ActionId> inputs_of(const Work& work);
std::string_view kind_name(const Work& work);  // "image", "run", "copy", "make-directory"

}  // namespace mabplan
