// From an action to its layer: look up by definition key, then by content key, then execute. Knows keys and records; how a step is
// isolated or a layer written is other rooms'.
#pragma once

#include "plans/model/action_key.h"
#include "plans/model/plan.h"
#include "plans/tree/selection.h"
#include "runtime/copy/content_spool.h"
#include "runtime/copy/context_source.h"
#include "runtime/copy/copy_layer.h"
#include "runtime/copy/copy_source.h"
#include "runtime/devices/device_grant.h"
#include "runtime/exec/action_results.h"
#include "runtime/exec/observer.h"
#include "runtime/grants/secrets.h"
#include "runtime/layers/layer_store.h"
#include "runtime/sources/remote_sources.h"
#include "runtime/step/run_mounts.h"
#include "runtime/step/run_step.h"
#include "runtime/store/store.h"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

struct Executed {
    ActionResult result;
    HowDone how = HowDone::CachedDefinition;
    double waited_seconds = 0;  // for others, before it began
};

class ActionExecutor {
public:
    struct Services {
        Store& store;
        LayerStore& layers;
        ContextSource& contexts;
        RemoteSources& sources;
        std::string stubs;  // made by make_stub_layer before anything is executed
        std::string resolv_conf;
        StepNetworks& networks;
        int stop_fd = -1;
        bool use_cache = true;
        std::map<std::string, StepPlatform> platforms;  // by format_platform: how their programs run here
        const Secrets& secrets;
        std::vector<AgentSource> agents;
        KeyAgents& key_agents;
        const HostDevices& devices;
        std::function<void(ActionId, std::string_view)> note{};  // what the user should know of a step while it is being done
    };

    ActionExecutor(const Plan& plan, ActionResults& results, Services services)
        : plan_(plan), results_(results), services_(std::move(services)) {}

    // The recorded result, if its layer is at hand. Remembers it.
    Result<bool> look_up(ActionId id);
    // All inputs must have results. Several threads may call it, for different actions.
    Result<Executed> execute(ActionId id, const std::function<void(std::string_view)>& output);

    void set_ids(const NamespaceIds& ids) { ids_ = ids; }
    void set_platforms(std::map<std::string, StepPlatform> platforms) { services_.platforms = std::move(platforms); }

private:
    Result<Executed> execute_run_action(ActionId id, const RunAction& run, const std::function<void(std::string_view)>& output);
    Result<Executed> execute_copy(ActionId id, const CopyAction& copy);
    Result<Executed> run_on_some_cpu(ActionId id, const std::vector<Digest>& below, StepPlatform platform,
                                     const std::function<void(std::string_view)>& output);
    Result<Executed> run_step(ActionId id, const std::vector<Digest>& below, const StepPlatform& platform,
                              const std::function<void(std::string_view)>& output);
    bool empties(const std::string& cache);
    bool is_first(std::string_view text);
    Result<CopySource> open_source(const FileOrigin& origin);

    // action_mounts.cpp: files of mounts. Those of a context are what a COPY of them onto nothing makes, at the time of the command.
    class MountsAt;
    Result<std::string> identity(const FileOrigin& from, const std::string& source);
    Result<TreeEntry> facts(const FileOrigin& from, const std::string& source);
    Status note_seed(const std::string& folder, const FileOrigin& from);
    SeenLayers seen_layers() const;
    struct CopiedFiles {
        Digest diff_id;
        std::string path;  // absolute: where in the layer they are
    };
    Result<CopiedFiles> copied_files(const FileOrigin& from, const std::string& source, const std::optional<LayerTime>& time);
    // What one part of a copy takes, and its digest: of a context what was chosen when the plan was compiled, or an error.
    struct SelectedPart {
        Selection selection;
        Digest digest;
    };
    Result<SelectedPart> select_part(const CopyAction& copy, std::size_t number, CopySource& source, SourceWildcards wildcards,
                                     const std::optional<LayerTime>& time);
    // A copy that is settled in all but its contents.
    struct DraftedCopy {
        std::vector<CopySource> sources;
        ContentSpool spool;      // of archives
        std::string first_path;  // where the first source lies if nothing is below and the destination is "/"
        std::unique_ptr<MergedView> below;
        std::unique_ptr<LayerDraft> draft;  // on `below`
        std::vector<ContentPlace> places;
        InputIdentity inputs;
    };
    Result<DraftedCopy> draft_copy(const CopyAction& copy, SourceWildcards wildcards, const std::optional<LayerTime>& time);
    Result<ActionResult> write_copy(DraftedCopy& drafted, const std::optional<LayerTime>& time);
    Result<Executed> execute_make_directory(ActionId id, const MakeDirectoryAction& made);
    Result<Executed> execute_remote(ActionId id, const RemoteSource& pinned);
    // What a result is recorded by: Content alone for one that another host would not have made.
    enum class KeysOf { DefinitionAndContent, Content };
    Result<std::optional<Executed>> find_content(ActionId id, const InputIdentity& inputs, KeysOf keys = KeysOf::DefinitionAndContent);
    Status record(ActionId id, const InputIdentity& inputs, const ActionResult& result, KeysOf keys = KeysOf::DefinitionAndContent);
    Status adopt_definition(ActionId id, const ActionResult& result);
    using WriteLayer = std::function<Status(const LayerOptions&, ByteSink&)>;
    Result<ActionResult> write_layer(const std::optional<LayerTime>& time, const WriteLayer& write);

    const Plan& plan_;
    ActionResults& results_;
    Services services_;
    NamespaceIds ids_;
    std::mutex said_mutex_;
    std::set<std::string> said_;  // what users are told once
    std::mutex emptied_mutex_;
    std::set<std::string> emptied_;  // caches that this run started empty, where it uses none of what there is
};

}  // namespace mabplan::runtime
