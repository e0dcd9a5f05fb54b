// The nodes of a plan. An action says completely what is done and from what; it knows nothing of how, where or when.
#pragma once

#include "plans/base/digest.h"
#include "plans/model/instruction_id.h"
#include "plans/model/noise.h"
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
    enum class Kind { Layout, Registry, Store };
    Kind kind = Kind::Registry;
    std::string address;  // a folder (relative to the project's), or a reference with domain: of a registry, or of the store's own names
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
    std::optional<std::int64_t> created;  // seconds since 1970: the newest time that its configuration tells. Not part of any key
    bool operator==(const ImageAction&) const = default;
};

// A file whose content stands in the plan: a here-document.
struct InlineFile {
    std::string name;  // one path component
    std::string content;
    std::uint32_t mode = 0644;
    bool operator==(const InlineFile&) const = default;
};

struct InlineFiles {
    std::vector<InlineFile> files;
    bool operator==(const InlineFiles&) const = default;
};

// Files of a build context, chosen when the plan was made: the tree digest is that of what was chosen.
struct ContextFiles {
    ContextId context;
    Digest tree;
    bool operator==(const ContextFiles&) const = default;
};

// Files of another root file system, or of something fetched: what they are is known when it has been made.
struct RootFiles {
    std::optional<ActionId> root;  // nothing: empty
    bool operator==(const RootFiles&) const = default;
};

// Where a COPY, an ADD or a mount takes its files from.
using FileOrigin = std::variant<ContextFiles, RootFiles, InlineFiles>;

struct BindMount {
    FileOrigin from;
    std::string source;     // absolute: what of it is mounted
    bool writable = false;  // what is written is thrown away
    bool operator==(const BindMount&) const = default;
};

enum class CacheSharing { Shared, Private, Locked };

// A folder that outlives the command. Its content is no part of a key, nor are its id and how it is shared.
struct CacheMount {
    std::string id;
    FileOrigin from;     // what it holds at first
    std::string source;  // absolute: what of that
    CacheSharing sharing = CacheSharing::Shared;
    bool read_only = false;
    std::optional<std::uint32_t> mode;  // of the folder when it is made, as the owner; nothing: 0755, 0, 0
    std::optional<std::uint32_t> uid;
    std::optional<std::uint32_t> gid;
    bool operator==(const CacheMount&) const = default;
};

struct TmpfsMount {
    std::optional<std::uint64_t> size;  // bytes
    bool operator==(const TmpfsMount&) const = default;
};

// A secret as a file, as a variable, or both. Its value is in no plan and no key.
struct SecretMount {
    std::string id;
    std::optional<std::string> variable;
    bool required = false;
    std::uint32_t mode = 0400;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    bool operator==(const SecretMount&) const = default;
};

// The socket of an ssh agent.
struct SshMount {
    std::string id;
    bool required = false;
    std::uint32_t mode = 0600;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    bool operator==(const SshMount&) const = default;
};

struct Mount {
    std::string target;  // absolute, clean; empty: a secret that is a variable only
    std::variant<BindMount, CacheMount, TmpfsMount, SecretMount, SshMount> what;
    bool operator==(const Mount&) const = default;
};

struct ExtraHost {
    std::string name;
    std::string address;
    bool operator==(const ExtraHost&) const = default;
};

struct Ulimit {
    std::string name;        // as in limits.conf(5): "nofile"
    std::int64_t soft = -1;  // -1: no limit
    std::int64_t hard = -1;
    bool operator==(const Ulimit&) const = default;
};

// A device of the host that a command asks for by its CDI name: "vendor.com/class=name", "vendor.com/class", a class.
struct DeviceRequest {
    std::string name;
    bool optional = false;  // the command runs without it, too
    bool operator==(const DeviceRequest&) const = default;
};

enum class Network { Default, None, Host };
enum class Security { Sandbox, Insecure };
enum class Runner { Auto, Native, Qemu };

// A command in a root file system. Makes one layer: what it changed.
struct RunAction {
    std::optional<ActionId> root;  // nothing: FROM scratch
    std::vector<std::string> argv;
    std::vector<std::string> env;  // "NAME=value", in order, no name twice
    std::string cwd;
    std::string user;      // as in USER; names are looked up in the root file system. Empty: root
    std::string hostname;  // empty: the default
    Platform platform;
    Network network = Network::Default;
    Security security = Security::Sandbox;
    Noise noise = Noise::Drop;
    std::optional<std::int64_t> epoch;   // the SOURCE_DATE_EPOCH that it sees where `env` gives none
    std::vector<Mount> mounts;           // in the order written
    std::vector<ExtraHost> extra_hosts;  // for /etc/hosts; the names are part of the key, the addresses are not
    std::vector<Ulimit> ulimits;
    std::vector<DeviceRequest> devices;
    std::optional<std::uint64_t> timeout_ms;  // not part of the key
    std::vector<std::string> proxy;           // "NAME=value" of proxy settings, which the command sees: not part of the key
    Runner runner = Runner::Auto;             // where it may run: not part of the key
    bool operator==(const RunAction&) const = default;
};

// What becomes of the times of files that are copied, where times are set at all. What comes out of an archive keeps its own.
enum class SourceTimes {
    Set,   // they say nothing of the content (a checkout, a here-document): all get the time of the copy
    Keep,  // they belong to it (another stage, an image, Last-Modified, a commit): those not later than the copy stay
};

// Some of the sources of a COPY or ADD: those of one origin.
struct CopyPart {
    FileOrigin from;
    std::vector<std::string> sources;  // expanded, may hold wildcards; none for inline files, of which all are taken
    bool unpack = false;               // an archive among them gives its contents
    SourceTimes times = SourceTimes::Set;
    bool operator==(const CopyPart&) const = default;
};

// Files copied into a root file system. Makes one layer. Of the root it reads only what lies along the destination.
struct CopyAction {
    std::optional<ActionId> root;
    std::vector<CopyPart> parts;        // in the order in which they are copied
    std::string destination;            // absolute; a trailing slash says that it is a directory
    std::string chown;                  // "uid", "uid:gid", names, or empty: 0:0 for contexts, as they are for root file systems
    std::string chmod;                  // octal or symbolic; empty: as they are
    std::vector<std::string> excludes;  // patterns as in an ignore file, relative to each source
    bool parents = false;               // sources keep their directories, from a "/./" on if there is one
    bool link = false;                  // copied as onto nothing: what the root has along the destination does not matter
    bool operator==(const CopyAction&) const = default;
};

// WORKDIR: the directory and its missing parents. Makes one layer.
struct MakeDirectoryAction {
    std::optional<ActionId> root;
    std::string path;   // absolute, clean
    std::string owner;  // as in USER
    bool operator==(const MakeDirectoryAction&) const = default;
};

// A remote file (ADD URL). Makes a tree of this one file, mode 0600.
struct FetchAction {
    std::string url;                            // http or https
    std::string checksum;                       // a digest, or empty
    std::string name;                           // of the file
    std::optional<std::int64_t> modified = {};  // Last-Modified in seconds since 1970, once it is known what the URL gives
    bool operator==(const FetchAction&) const = default;
};

// Files of a git repository at one commit (ADD of a git address). Makes a tree of them.
struct GitAction {
    std::string remote;    // the address without its ref
    std::string ref;       // branch, tag or commit; empty: HEAD of the remote
    std::string subdir;    // what of it; empty: all
    std::string checksum;  // of the commit, or empty
    bool keep_git_dir = false;
    bool submodules = true;
    bool fetch_by_commit = false;
    bool commit_times = false;  // files have the time of the commit
    bool operator==(const GitAction&) const = default;
};

using Work = std::variant<ImageAction, RunAction, CopyAction, MakeDirectoryAction, FetchAction, GitAction>;

// Where an action comes from. For people only: no key holds it.
struct Origin {
    std::string dockerfile;
    std::uint32_t line = 0;
    std::uint32_t last_line = 0;
    std::string stage;  // its name, or "stage-N"
    std::string text;   // the instruction, on one line
    bool operator==(const Origin&) const = default;
};

// Time in an image is the order of instructions: what the n-th layer-making instruction of a chain makes has the time T + n seconds,
// where T is the time that the chain starts from. So what comes later is newer, whoever builds it and whenever.
struct LayerTime {
    std::int64_t start = 0;   // T, seconds since 1970
    std::uint32_t place = 0;  // n
    std::int64_t seconds() const { return start + place; }
    bool operator==(const LayerTime&) const = default;
};

struct Action {
    Work work;
    Digest definition_key;
    Origin origin;
    std::optional<LayerTime> time = {};  // of what makes layers; nothing: times are kept as they are
    // All instructions that come to this action, in order: it may serve several targets, platforms and stages. In no key.
    std::vector<InstructionId> instructions = {};
    bool operator==(const Action&) const = default;
};

// A command, a copy or a directory: what stands in an image as a layer of its own.
bool makes_layer(const Work& work);
// The root file system an action builds on; nothing for images and for FROM scratch.
std::optional<ActionId> root_of(const Work& work);
// Where the parts of a copy and the mounts of a command take their files from, in order.
std::vector<const FileOrigin*> origins_of(const Work& work);
// All inputs, the root first.
std::vector<ActionId> inputs_of(const Work& work);
std::string_view kind_name(const Work& work);  // "image", "run", "copy", "make-directory", "fetch", "git"

}  // namespace mabplan
