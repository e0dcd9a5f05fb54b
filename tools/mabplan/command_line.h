// The words of the command line as values, one struct a verb. Knows flags, not what they do.
#pragma once

#include "plans/base/result.h"
#include "tools/terminal/progress_choice.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mabplan::tools {

enum class Detail { Usual, Verbose };

// What all verbs take.
struct CommonOptions {
    std::string directory;                   // -C: work as if started there
    std::string store;                       // --cache-dir; empty: the environment decides
    std::optional<Progress> asked_progress;  // --progress
    Progress progress = Progress::Auto;      // that, or what the environment asks for (settle_progress)
    Detail detail = Detail::Usual;
    bool json = false;
};

// Where base images may come from, for verbs that ask for them.
struct NetworkOptions {
    bool offline = false;
    bool insecure = false;  // any certificate of a registry is taken, and http
};

// What commands, and the layers and archives of others, may have when a plan runs.
struct GrantOptions {
    std::vector<std::string> secrets;  // "id=ID[,type=file|env][,src=FILE|,env=NAME]"
    std::vector<std::string> agents;   // "default", "ID[=SOCKET|KEYFILE,…]"
    std::vector<std::string> allowed;  // "security.insecure", "network.host"
    std::string max_layer_size;        // "20GB"; empty: the budget of TarLimits
};

struct CompileOptions {
    CommonOptions common;
    NetworkOptions network;
    std::string file;  // -f: mabplan.yaml; empty: looked for
    std::string output = "mabplan.plan.json";
    std::vector<std::string> targets;    // empty: the default group, or all
    std::vector<std::string> platforms;  // empty: those of the targets
    bool print = false;                  // the plan to standard output
};

struct RunOptions {
    CommonOptions common;
    NetworkOptions network;
    GrantOptions grants;
    std::string plan = "mabplan.plan.json";
    std::string root;  // folder that the plan's paths are relative to; empty: that of the plan
    int jobs = 0;      // 0: as many as there are processors
    bool no_cache = false;
    std::vector<std::string> outputs;  // instead of those of the plan
    std::string metadata_file;
    std::string steps_folder;  // where steps are saved; empty: nowhere
    std::string events;        // the file that events are written to
};

struct BuildOptions {
    CommonOptions common;
    NetworkOptions network;
    GrantOptions grants;
    std::string context = ".";
    std::string file;  // -f; empty: CONTEXT/Dockerfile
    std::vector<std::string> tags;
    std::vector<std::string> platforms;
    std::string target;
    std::vector<std::string> build_args;      // "NAME=value", or "NAME": the environment's
    std::vector<std::string> build_contexts;  // "name=where"
    std::vector<std::string> labels;
    std::vector<std::string> annotations;
    std::vector<std::string> outputs;
    std::string network_mode;              // default, none, host
    std::vector<std::string> extra_hosts;  // "name:address" or "name=address"
    std::vector<std::string> ulimits;      // "nofile=1024[:2048]"
    std::string shm_size;                  // "64m"
    std::string reproducible = "on";
    std::string iid_file;
    std::string metadata_file;
    std::string steps_folder;  // as in RunOptions
    std::string events;
    int jobs = 0;
    bool no_cache = false;
    bool push = false;  // an output more: a registry
    bool load = false;  // an output more: the engine of this host
    bool quiet = false;
    std::string pull;  // "true", "always", …: bases are asked for in their registries, whatever the store has under their names
    std::vector<std::string> fresh_stages;  // executed again
    std::vector<std::string> cache_from, cache_to;
    bool check = false;
    std::string call;
};

enum class CheckFormat { Text, Json, Sarif, GitHub };
enum class ErrorOn { Warning, Error, Never };
struct CheckOptions {
    CommonOptions common;
    NetworkOptions network;
    std::vector<std::string> words;  // targets of the matrix file, or the build context
    std::string file;                // -f: a matrix file (.yaml, .yml), else a Dockerfile; empty: looked for
    std::vector<std::string> platforms;
    std::string target;
    std::vector<std::string> build_args;  // as in BuildOptions
    std::vector<std::string> build_contexts;
    CheckFormat format = CheckFormat::Text;
    ErrorOn error_on = ErrorOn::Error;
};

struct ImageInspectOptions {
    CommonOptions common;
    NetworkOptions network;
    std::vector<std::string> images;
    std::string platform;  // this one alone; empty: all
    std::string format;    // a template; empty: none
    bool raw = false;      // the bytes of the index or manifest
    bool referrers = false;
};

// pull, push, copy, save: images on their way from one place to another (image_address.h).
struct ImageTransferOptions {
    enum class What { Pull, Push, Copy, Save };
    CommonOptions common;
    NetworkOptions network;
    What what = What::Copy;
    std::vector<std::string> images;     // those that are meant; of Copy source and destination, of Push a destination may be the second
    std::vector<std::string> platforms;  // empty: what is usual
    bool all_platforms = false;
    bool all_tags = false;
    bool dry_run = false;
    bool referrers = false;
    std::string output;  // of Save: the file
};
struct ImageMergeOptions {
    CommonOptions common;
    NetworkOptions network;
    std::vector<std::string> images;  // the first is the destination, where no tags say it
    std::vector<std::string> tags;    // destinations
    std::vector<std::string> annotations;
    bool dry_run = false;
};
struct ImageLoadOptions {
    CommonOptions common;
    std::string input = "-";
};
struct ImageListOptions {
    CommonOptions common;
    std::vector<std::string> names;  // only these, or those of these repositories
    std::string format;              // a template; empty: none
    bool ids_alone = false;
    bool whole_ids = false;
};
struct ImageTagOptions {
    CommonOptions common;
    NetworkOptions network;
    std::string source;
    std::vector<std::string> names;
};
struct ImageRemoveOptions {
    CommonOptions common;
    bool force = false;
    std::vector<std::string> names;
};
struct ImageDiffOptions {
    CommonOptions common;
    NetworkOptions network;
    std::string before, after;
    std::string platform;
};
struct LoginOptions {
    CommonOptions common;
    NetworkOptions network;
    std::string registry;  // empty: Docker Hub
    std::string user;
    std::string password;  // of a flag
    bool password_stdin = false;
    bool leave = false;  // log out
};

struct ImageRunOptions {
    CommonOptions common;
    NetworkOptions network;
    std::string image;
    std::string platform;
    std::string user;
    std::string entrypoint;
    bool has_entrypoint = false;
    std::vector<std::string> env;
    std::vector<std::string> command;
    std::vector<std::string> env_files;
    std::vector<std::string> volumes;         // "HOST:PATH[:ro]"
    std::vector<std::string> mounts;          // "type=bind,source=HOST,target=PATH"
    std::vector<std::string> memory_folders;  // "PATH[:size=64m]"
    std::string shm_size;                     // "64m"
    std::vector<std::string> ulimits;         // as in BuildOptions
    std::vector<std::string> extra_hosts;     // the same
    std::vector<std::string> ports;           // "[[IP:]HOST:]PORT[/tcp]"
    bool publishes_all = false;
    std::string hostname;
    std::string working_dir;
    std::string pull;  // "always", "missing", "newer", "never"; empty: missing
    bool interactive = false;
    bool terminal = false;
    std::string network_mode;
    std::vector<std::string> dns;
    std::vector<std::string> dns_search;
    std::vector<std::string> dns_options;
};

struct StepRunOptions {
    CommonOptions common;
    GrantOptions grants;
    std::string file;
};

struct CacheListOptions {
    CommonOptions common;
    std::vector<std::string> filters;  // "kind=run", "target=web", …
};
struct CacheUsageOptions {
    CommonOptions common;
};
struct CachePruneOptions {
    CommonOptions common;
    bool all = false;
    std::string max_used_space;        // "20GB"; empty: not bounded
    std::string keep_duration;         // "48h"
    std::string min_free_space;        // "10GB"
    std::vector<std::string> filters;  // "until=48h", "kind=blob"
    bool dry_run = false;
    bool force = false;  // no question
};
struct CacheVerifyOptions {
    CommonOptions common;
    bool repair = false;
};
struct CacheShowOptions {
    CommonOptions common;
    std::string key;  // the start of one
};
struct CacheExportOptions {
    CommonOptions common;
    std::string place;  // a folder, a .tar, "-"
    std::string plan;   // only what this one needs; empty: all
    bool mounts = false;
};
struct CacheImportOptions {
    CommonOptions common;
    std::string place;
};
struct CacheMountOptions {
    enum class What { List, Show, Remove };
    CommonOptions common;
    What what = What::List;
    std::vector<std::string> mounts;
    std::vector<std::string> filters;
    bool all = false;
};
struct HistoryOptions {
    enum class What { List, Show, Logs, Remove };
    CommonOptions common;
    What what = What::List;
    std::vector<std::string> runs;
    bool all = false;
};
struct DoctorOptions {
    CommonOptions common;
};
enum class DumpWhat { Ast, Stages, Ignore };
struct DumpOptions {
    CommonOptions common;
    DumpWhat what = DumpWhat::Ast;
    std::string file;
    std::vector<std::string> paths;  // of Ignore: to be judged
};
// A text about a subject that no single verb has: `help reproducibility`.
enum class HelpTopic { Reproducibility };
struct HelpOptions {
    HelpTopic topic = HelpTopic::Reproducibility;
};
// Text that answers by itself: --help, --version, `help VERB`.
struct TextAnswer {
    std::string text;
};

using Invocation = std::variant<CompileOptions, RunOptions, BuildOptions, CheckOptions, ImageInspectOptions, ImageTransferOptions,
                                ImageMergeOptions, ImageLoadOptions, ImageListOptions, ImageTagOptions, ImageRemoveOptions,
                                ImageDiffOptions, LoginOptions, ImageRunOptions, StepRunOptions, CacheListOptions, CacheUsageOptions,
                                CachePruneOptions, CacheVerifyOptions, CacheShowOptions, CacheExportOptions, CacheImportOptions,
                                CacheMountOptions, HistoryOptions, DoctorOptions, DumpOptions, HelpOptions, TextAnswer>;

// Input errors for unknown verbs and flags, with the nearest known ones.
Result<Invocation> parse_command_line(int argc, const char* const* argv);

// Settles what was not asked for by a flag. An Input error for a variable with a word that is none.
Status settle_progress(Invocation& invocation, const Variables& variables);

// What of a `build` or `run` can be read whose words were refused.
struct RefusedRun {
    std::string directory;                  // -C
    std::vector<std::string> result_files;  // --iidfile, --metadata-file, --events
};

// Nothing where the words name another verb, or none. A word that is the value of another flag is never taken for a file.
std::optional<RefusedRun> read_refused_run(int argc, const char* const* argv);

}  // namespace mabplan::tools
