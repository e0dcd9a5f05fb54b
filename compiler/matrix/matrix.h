// What mabplan.yaml asks for, as values: variables are replaced, `extends` applied, matrix axes expanded into targets, platforms
// merged with their overrides. Knows nothing of YAML, and does not know what the lowering supports: `places` let it refuse.
#pragma once

#include "compiler/matrix/annotation_spec.h"
#include "compiler/matrix/context_location.h"
#include "compiler/matrix/output_spec.h"
#include "plans/oci/descriptor.h"
#include "plans/oci/platform.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::compiler {

using Places = std::map<std::string, SourcePlace>;  // by key as it stands in the file: "shm_size"

struct Setting {
    std::string name;
    std::string value;
    SourcePlace place;
};
using Settings = std::vector<Setting>;  // in the order of the file, each name once

inline std::optional<std::string> find_setting(const Settings& settings, std::string_view name) {
    for (const Setting& setting : settings)
        if (setting.name == name) return setting.value;
    return std::nullopt;
}

struct NamedContext {
    std::string name;        // as in FROM or COPY --from
    ContextLocation source;  // Target: the name of a target in Matrix::targets, axis values paired
    SourcePlace place;
};

enum class Runner { Auto, Native, Qemu };
enum class NetworkMode { Default, None, Host };

struct SecretUse {
    std::string source;  // an id in Matrix::secrets
    std::string target;  // "" = /run/secrets/<source>
    std::optional<std::uint32_t> uid, gid, mode;
    SourcePlace place;
};

struct Ulimit {
    std::string name;
    std::int64_t soft = 0, hard = 0;  // -1: no limit
    SourcePlace place;
};

struct TestCase {
    std::vector<std::string> argv;  // one text in the file: {"/bin/sh", "-c", text}
    std::optional<std::string> stdout_text, stderr_text;
    int exit_code = 0;
    SourcePlace place;
};

// How one image is built: a `build` section of compose, for one platform.
struct Build {
    ContextLocation context{ContextKind::Directory, "."};
    std::string dockerfile;                        // relative to the context, or an http(s) URL; "": by the usual names
    std::string dockerfile_in_context;             // where `dockerfile` is not there: this one
    std::optional<std::string> dockerfile_inline;  // in place of `dockerfile`, which then is its name in messages, or empty
    std::string stage;                             // `target` of the file; "" = the last one
    Settings args;                                 // those without a value have the environment's; absent if it has none
    std::vector<NamedContext> additional_contexts;
    Settings labels;
    std::vector<AnnotationSpec> annotations;  // in the order of the file; of equal ones the last holds
    NetworkMode network = NetworkMode::Default;
    bool no_cache = false;
    bool pull = false;
    std::vector<SecretUse> secrets;
    Settings ssh;                           // id -> socket or key file, "" = the agent of the environment
    Settings extra_hosts;                   // host name -> address
    std::optional<std::uint64_t> shm_size;  // bytes
    std::vector<Ulimit> ulimits;
    std::optional<std::uint64_t> timeout_ms;
    std::vector<TestCase> tests;
    std::vector<OutputSpec> cache_from, cache_to;  // type and attributes; "REF" alone is type=registry,ref=REF
    std::optional<std::string> provenance, sbom;   // as written: "true", "false", "mode=max"
    Places places;                                 // of each key that was given
};

enum class PlatformSource {
    Asked,
    LastStage  // nobody asked for one: the image is for what its last stage is made for
};

// A target on one platform.
struct Cell {
    Platform platform;  // normalised; of LastStage what its FROMs are for that say nothing
    Runner runner = Runner::Auto;
    bool optional = false;  // may fail without sinking the index
    Build build;
    SourcePlace place;  // of the entry in `platforms`; of the target where the platform is implied
    PlatformSource platform_source = PlatformSource::Asked;
};

struct Target {
    std::string name;                // "cli-musl-1.23"
    std::string declared_name;       // "cli": the key in `targets`
    std::vector<Setting> axes;       // matrix values of this target, in the order of the axes
    std::vector<std::string> names;  // `image`, then `tags`; each once, empty ones left out. Not yet parsed
    std::vector<OutputSpec> outputs;
    std::vector<std::string> depends_on;  // names in Matrix::targets
    std::vector<Cell> cells;              // one index; in the order asked
    // Platforms on which only other targets need this one (`target:NAME`): built, no part of the index.
    std::vector<Cell> needed_cells;
    std::vector<Platform> left_out;  // platforms of the file that are excluded here, or that the command line did not ask for
    SourcePlace place;
    Places places;  // of each key that was given: the keys of Build and image, tags, output, matrix, …
};

struct SecretSource {
    std::string id;
    std::optional<std::string> file;  // one of the two; "~/" is not expanded
    std::optional<std::string> environment;
    SourcePlace place;
};

struct RegistryOptions {
    std::string host;  // "registry.lan:5000"
    std::vector<std::string> mirrors;
    bool http = false;
    bool insecure = false;  // https without verification
    std::vector<std::string> ca;
    struct KeyPair {
        std::string key, cert;
    };
    std::vector<KeyPair> key_pairs;
    SourcePlace place;
};

// What package managers leave behind that no program needs (plans/model/action.h).
enum class Noise { Drop, Keep };

struct Reproducible {
    bool enabled = true;
    std::optional<std::uint64_t> source_date_epoch;  // seconds since 1970; nothing: times follow from the base images
    bool epoch_of_commit = false;                    // `git`: the commit's time, which whoever compiles finds out and puts above
    Noise noise = Noise::Drop;
    std::string lock = "mabplan.lock";
    Compression compression = Compression::Gzip;
};

struct Group {
    std::string name;
    std::vector<std::string> targets;  // groups in groups resolved; names in Matrix::targets
};

struct Warning {
    std::string message;
    SourcePlace place;
};

struct Matrix {
    int version = 1;
    std::string name;
    std::vector<Target> targets;  // in the order of the file
    std::vector<Group> groups;
    std::vector<SecretSource> secrets;
    std::vector<RegistryOptions> registries;
    std::optional<std::uint64_t> cache_max_size;  // bytes
    Reproducible reproducible;
    std::vector<Warning> warnings;
    Places places;  // of each top-level key that was given
};

}  // namespace mabplan::compiler
