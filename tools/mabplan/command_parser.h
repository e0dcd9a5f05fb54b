// The verbs and flags of the command line, as CLI11 reads them. The one door to CLI11; command_line.h says what comes out.
#pragma once

#include "tools/mabplan/command_line.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

namespace mabplan::tools {

// One parser: the options of each verb live here until one of them is chosen.
class CommandParser {
public:
    CommandParser();
    Result<Invocation> parse(const std::vector<std::string>& words);
    std::optional<RefusedRun> refused_run(const std::vector<std::string>& words) const;

private:
    CLI::App* verb(CLI::App& parent, const std::string& name, const std::string& about, std::function<Invocation()> chosen);
    enum class ShortVerbose { Free, Taken };  // whether -v says more, or means something else
    void add_common(CLI::App& app, CommonOptions& options, ShortVerbose verbose = ShortVerbose::Free);
    void add_network(CLI::App& app, NetworkOptions& options);
    void add_registry(CLI::App& app, NetworkOptions& options);
    void add_grants(CLI::App& app, GrantOptions& options);
    void add_layer_limit(CLI::App& app, GrantOptions& options);
    void add_compile();
    void add_run();
    void add_build();
    void add_check();
    void add_image();
    void add_image_transfers(CLI::App& group);
    void add_transfer(CLI::App& group, const std::string& name, const std::string& about, ImageTransferOptions::What what);
    void add_image_names(CLI::App& group);
    void add_image_run(CLI::App& group);
    void add_login();
    void add_step();
    void add_cache();
    void add_cache_exchange(CLI::App& group);
    void add_cache_mounts(CLI::App& group);
    void add_history();
    void add_doctor();
    void add_dump();
    void add_help();
    Result<Invocation> answer_help() const;
    Result<std::vector<std::string>> own_words(std::vector<std::string> words) const;
    Failure explain(const CLI::ParseError& error, const std::vector<std::string>& words) const;
    std::vector<const CLI::App*> chosen() const;

    CLI::App app_{
        "Builds multi-architecture container images: no daemon, no root. Compiles Dockerfiles and a platform matrix into a plan, runs it "
        "incrementally."};
    std::function<Invocation()> chosen_;
    CompileOptions compile_;
    RunOptions run_;
    BuildOptions build_;
    CheckOptions check_;
    ImageInspectOptions inspect_;
    ImageRunOptions image_run_;
    ImageTransferOptions transfer_;
    ImageMergeOptions merge_;
    ImageLoadOptions load_;
    ImageListOptions image_list_;
    ImageTagOptions image_tag_;
    ImageRemoveOptions image_remove_;
    ImageDiffOptions image_diff_;
    LoginOptions login_;
    StepRunOptions step_run_;
    CacheListOptions cache_list_;
    CacheUsageOptions cache_usage_;
    CachePruneOptions cache_prune_;
    CacheVerifyOptions cache_verify_;
    CacheShowOptions cache_show_;
    CacheExportOptions cache_export_;
    CacheImportOptions cache_import_;
    CacheMountOptions cache_mounts_;
    HistoryOptions history_;
    DoctorOptions doctor_;
    DumpOptions dump_;
    std::vector<std::string> help_words_;
    const CLI::App* help_ = nullptr;
};

}  // namespace mabplan::tools
