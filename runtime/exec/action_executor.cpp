#include "runtime/exec/action_executor.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/oci/chain_id.h"
#include "runtime/accounts/user_files.h"
#include "runtime/copy/copy_layer.h"
#include "runtime/exec/action_mounts.h"
#include "runtime/exec/remote_layer.h"
#include "runtime/layer/byte_pipe.h"
#include "runtime/layer/tree_layer.h"
#include "runtime/step/step_failure.h"
#include "runtime/step/variables.h"
#include "runtime/sys/file.h"
#include "runtime/sys/temporary.h"

#include <chrono>

namespace mabplan::runtime {

namespace {

std::string origin_text(const Action& action) {
    const Origin& origin = action.origin;
    return format("{}:{} {}", origin.dockerfile, origin.line, origin.text);
}

// What directories get that a layer makes or puts something into.
std::int64_t time_of_changes(const std::optional<LayerTime>& time) {
    if (time) return time->seconds();
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// Contents of copied files, from where placing them noted that they lie.
class CopyContents final : public ContentOpener {
public:
    CopyContents(const std::vector<ContentPlace>& places, std::vector<CopySource>& sources, const ContentSpool& spool, MergedView& root)
        : places_(places), sources_(sources), spool_(spool), root_(root) {}

    Result<OpenedContent> open(const LayerEntry& entry) override {
        const ContentPlace& place = places_[entry.content];
        if (const auto* spooled = std::get_if<SpooledContent>(&place)) return spool_.open(*spooled);
        const auto* source = std::get_if<InSource>(&place);
        auto file =
            source != nullptr ? sources_[source->part].open(path_of(*source, entry)) : root_.open_file(std::get<InRoot>(place).path);
        if (!file) return pass(std::move(file).error());
        return OpenedContent{std::move(*file)};
    }
    Status check(const LayerEntry& entry, const Fd& file) override {
        const auto* source = std::get_if<InSource>(&places_[entry.content]);
        return source == nullptr ? Status{} : sources_[source->part].check_unchanged(file, path_of(*source, entry));
    }

private:
    static std::string path_of(const InSource& source, const LayerEntry& entry) {
        return source.destination_bytes ? path_in(source.path, std::string_view(entry.path).substr(*source.destination_bytes))
                                        : source.path;
    }

    const std::vector<ContentPlace>& places_;
    std::vector<CopySource>& sources_;
    const ContentSpool& spool_;
    MergedView& root_;
};

std::string path_of_first(const std::vector<PartToPlace>& parts) {
    if (parts.empty() || parts.front().selection.empty()) return "/";
    const SelectedSource& first = parts.front().selection.front();
    return first.kind == SourceKind::Contents ? "/" : "/" + first.name;
}

// What is missing in the files of a stage or an image is a fault of the step that wants it, whoever comes across it.
Failure as_fault_of_step(Error error) {
    if (error.kind == ErrorKind::Input) error.kind = ErrorKind::Step;
    return pass(std::move(error));
}

// Each source that can't be taken by itself, in one message.
Error all_mistakes(Error first, CopySource& source, const CopyAction& copy, const CopyPart& part, SourceWildcards wildcards) {
    std::vector<std::string> messages;
    for (const std::string& word : part.sources)
        if (auto alone = source.select(copy, {part.from, {word}, part.unpack, part.times}, wildcards); !alone)
            messages.push_back(std::move(alone).error().message);
    if (messages.size() > 1) first.message = format("{}", join(messages, "; "));
    return first;
}

Failure context_changed(const BuildContext& context) {
    return fail(ErrorKind::Verify, format("the files of the build context {} changed after the plan was compiled", quoted(context.path)),
                "run `mabplan compile` again");
}

}  // namespace

Result<bool> ActionExecutor::look_up(ActionId id) {
    if (!services_.use_cache) return false;
    MABPLAN_TRY(found, services_.store.records().find(plan_.action(id).definition_key));
    if (!found || !services_.layers.has(found->diff_id)) return false;
    results_.remember(id, *found);
    return true;
}

Result<std::optional<Executed>> ActionExecutor::find_content(ActionId id, const InputIdentity& inputs, KeysOf keys) {
    if (!services_.use_cache) return std::optional<Executed>{};
    const Digest key = hash_fields(plan_.action(id).work, plan_.action(id).time, inputs);
    MABPLAN_TRY(found, services_.store.records().find(key));
    if (!found || !services_.layers.has(found->diff_id)) return std::optional<Executed>{};
    if (keys == KeysOf::DefinitionAndContent) MABPLAN_CHECK(adopt_definition(id, *found));
    results_.remember(id, *found);
    return std::optional<Executed>(Executed{*found, HowDone::CachedContent});
}

// The result also stands for this definition from now on.
Status ActionExecutor::adopt_definition(ActionId id, const ActionResult& result) {
    const Action& action = plan_.action(id);
    const auto why = explain_fields(action.work, action.time, definition_inputs(plan_, action.work));
    return services_.store.records().put(action.definition_key, KeyKind::Definition, result, why, origin_text(action));
}

Status ActionExecutor::record(ActionId id, const InputIdentity& inputs, const ActionResult& result, KeysOf keys) {
    const Action& action = plan_.action(id);
    MABPLAN_CHECK(services_.store.records().put(hash_fields(action.work, action.time, inputs), KeyKind::Content, result,
                                                explain_fields(action.work, action.time, inputs), origin_text(action)));
    if (keys == KeysOf::DefinitionAndContent) MABPLAN_CHECK(adopt_definition(id, result));
    results_.remember(id, result);
    return {};
}

Result<Executed> ActionExecutor::execute(ActionId id, const std::function<void(std::string_view)>& output) {
    const Work& work = plan_.action(id).work;
    if (const auto* run = std::get_if<RunAction>(&work)) return execute_run_action(id, *run, output);
    if (const auto* copy = std::get_if<CopyAction>(&work)) return execute_copy(id, *copy);
    if (const auto* made = std::get_if<MakeDirectoryAction>(&work)) return execute_make_directory(id, *made);
    if (const auto source = remote_source_of(work)) return execute_remote(id, *source);
    return Executed{};
}

Result<Executed> ActionExecutor::execute_run_action(ActionId id, const RunAction& run,
                                                    const std::function<void(std::string_view)>& output) {
    const auto platform = services_.platforms.find(format_platform(run.platform));
    if (platform == services_.platforms.end())
        return fail(ErrorKind::Internal, format("nothing is known of how {} runs here", format_platform(run.platform)));
    const std::vector<Digest> below = results_.chain(run.root);
    InputIdentity inputs{chain_text(below), {}};
    // Programs see their CPU, and may go by it. What another host would make with another one stands for itself, and not for its
    // definition.
    const EmulatedCpu* cpu = platform->second.cpu.get();
    const KeysOf keys = cpu == nullptr || cpu->is_usual() ? KeysOf::DefinitionAndContent : KeysOf::Content;
    if (keys == KeysOf::Content) inputs.root += format(" on {}", cpu_in_words(cpu->model()));
    MountsAt files(*this, plan_.action(id).time);
    auto mounted = mounted_identities(run, files);
    if (!mounted) return as_fault_of_step(std::move(mounted).error());
    inputs.sources = *std::move(mounted);
    MABPLAN_TRY(cached, find_content(id, inputs, keys));
    if (cached) return *cached;
    if (platform->second.refusal) return fail(*platform->second.refusal);
    MABPLAN_TRY(executed, run_on_some_cpu(id, below, platform->second, output));
    MABPLAN_CHECK(record(id, inputs, executed.result, keys));
    return executed;
}

// Again with a CPU that can do more, while the command meets what the last one lacks. The user's own choice is no first one.
Result<Executed> ActionExecutor::run_on_some_cpu(ActionId id, const std::vector<Digest>& below, StepPlatform platform,
                                                 const std::function<void(std::string_view)>& output) {
    std::span<const std::string_view> wider_models;
    const auto chosen = value_of_variable(std::get<RunAction>(plan_.action(id).work).env, "QEMU_CPU");
    if (chosen && !platform.emulator.empty()) platform.cpu_words = format("cpu {} by QEMU_CPU", *chosen);
    else if (platform.cpu) wider_models = platform.cpu->wider_models();
    platform.is_widest = wider_models.empty();
    double waited = 0;
    auto executed = [&] {
        const auto begin = Clock::now();
        const auto kept = EmulatedCpu::keep_models();
        waited += seconds_since(begin);
        return run_step(id, below, platform, output);
    }();
    for (std::size_t i = 0; i < wider_models.size() && !executed && lacks_instruction(executed.error()); ++i) {
        const auto begin = Clock::now();
        const auto wider = platform.cpu->widen(wider_models[i]);
        waited += seconds_since(begin);
        const auto tell = [&](const std::string& text) {
            if (services_.note) services_.note(id, format("needs an instruction that {} lacks: {}", platform.cpu_words, text));
        };
        if (!wider) {
            tell(format("no other is to be had: {}", wider.error().message));
            break;
        }
        if (!*wider) continue;
        std::string words = cpu_in_words(wider_models[i]);
        tell(format("run again with {}", words));
        platform.cpu_words = std::move(words);
        platform.is_widest = i + 1 == wider_models.size();
        executed = run_step(id, below, platform, output);
    }
    if (executed) executed->waited_seconds += waited;
    return executed;
}

Result<Executed> ActionExecutor::run_step(ActionId id, const std::vector<Digest>& below, const StepPlatform& platform,
                                          const std::function<void(std::string_view)>& output) {
    const RunAction& run = std::get<RunAction>(plan_.action(id).work);
    const std::optional<LayerTime>& time = plan_.action(id).time;
    MountsAt files(*this, time);
    MABPLAN_TRY(scratch, make_fresh_folder(services_.store.scratch(), "step"));
    StepHost host{std::move(scratch),
                  services_.stubs,
                  services_.resolv_conf,
                  services_.networks,
                  services_.stop_fd,
                  ids_,
                  {},
                  {},
                  services_.secrets.values_for(run)};
    host.note = [&](std::string_view text) {
        if (services_.note) services_.note(id, text);
    };
    host.note_once = [&](std::string_view text) {
        if (services_.note && is_first(text)) services_.note(id, text);
    };
    MountSurroundings around{
        files, services_.secrets, services_.agents, services_.key_agents, services_.store.root(), host.scratch, services_.stop_fd,
        {},    host.note};
    if (!services_.use_cache) around.starts_empty = [this](const std::string& cache) { return empties(cache); };
    Executed executed{{}, platform.emulator.empty() ? HowDone::Native : HowDone::Emulated};
    auto result = [&]() -> Result<ActionResult> {
        MABPLAN_TRY(mounts, prepare_run_mounts(run, around));
        executed.waited_seconds = mounts.waited_seconds;
        host.mounts = std::move(mounts);
        MABPLAN_TRY(devices, grant_devices(run.devices, services_.devices));
        for (const std::string& name : devices.missing) host.note(format("goes without the device {}, which this host has not", name));
        host.devices = std::move(devices);
        if (!host.mounts.used_caches.empty()) host.made_layers = seen_layers().made;
        return execute_run(run, below, time, services_.layers, host, platform, output);
    }();
    host.mounts = {};  // before its sockets go
    const Status cleared = remove_tree(host.scratch);
    if (!result) return pass(std::move(result).error());
    MABPLAN_CHECK(cleared);
    executed.result = *std::move(result);
    return executed;
}

bool ActionExecutor::is_first(std::string_view text) {
    const std::scoped_lock lock(said_mutex_);
    return said_.emplace(text).second;
}

// The first time that it is asked of a cache.
bool ActionExecutor::empties(const std::string& cache) {
    const std::scoped_lock lock(emptied_mutex_);
    return emptied_.insert(cache).second;
}

// Files are read on one thread, hashed and written on another.
Result<ActionResult> ActionExecutor::write_layer(const std::optional<LayerTime>& time, const WriteLayer& write) {
    MABPLAN_TRY(blob, services_.store.blobs().create());
    Programs programs;
    LayerOptions options;
    if (time) options.time = time->seconds();
    options.on_content = [&](std::string_view path, std::string_view bytes) { programs.see(path, bytes); };
    MABPLAN_TRY(tar, read_produced([&](ByteSink& out) { return write(options, out); }));
    MABPLAN_CHECK(copy_bytes(*tar, *blob));
    ActionResult result;
    result.bytes = blob->count();
    MABPLAN_TRY(digest, blob->commit());
    result.diff_id = digest;
    MABPLAN_CHECK(services_.layers.know_programs(digest, programs));
    return result;
}

Result<Executed> ActionExecutor::execute_make_directory(ActionId id, const MakeDirectoryAction& made) {
    const auto begin = Clock::now();
    MABPLAN_TRY(view, services_.layers.view(results_.chain(made.root)));
    UserFiles users;
    if (needs_user_files(made.owner)) {
        MABPLAN_TRY(files, read_user_files(view));
        users = std::move(files);
    }
    MABPLAN_TRY(owner, find_owner(made.owner, users, UnknownNames::Root));
    const std::optional<LayerTime>& time = plan_.action(id).time;
    LayerDraft draft(view, time_of_changes(time));
    draft.add_fact(format("owner {}:{}", owner.uid, owner.gid));
    MABPLAN_TRY(path, draft.resolve(made.path));
    MABPLAN_CHECK(draft.make_directories(path, owner, 0755));
    const InputIdentity inputs{draft.facts(), {}};
    MABPLAN_TRY(cached, find_content(id, inputs));
    if (cached) return *cached;
    NoContents contents;
    MABPLAN_TRY(result, write_layer(time, [&](const LayerOptions& options, ByteSink& out) {
                    return write_tree_layer(draft.entries(), contents, options, out);
                }));
    result.seconds = seconds_since(begin);
    MABPLAN_CHECK(record(id, inputs, result));
    return Executed{result, HowDone::Native};
}

// Its identity is its definition: there is nothing else to look it up by.
Result<Executed> ActionExecutor::execute_remote(ActionId id, const RemoteSource& pinned) {
    const auto begin = Clock::now();
    const auto write = [&](const LayerOptions& options, ByteSink& out) -> Status {
        if (const auto* git = std::get_if<GitAction>(&pinned)) {
            MABPLAN_TRY(tree, services_.sources.tree(*git));
            return write_git_tree(*git, tree, options, out);
        }
        const FetchAction& fetch = std::get<FetchAction>(pinned);
        MABPLAN_TRY(file, services_.sources.file(fetch));
        return write_fetched_file(fetch, file, services_.store.blobs(), options, out);
    };
    MABPLAN_TRY(result, write_layer(std::nullopt, write));
    result.seconds = seconds_since(begin);
    MABPLAN_CHECK(record(id, {}, result));
    return Executed{result, HowDone::Native};
}

Result<CopySource> ActionExecutor::open_source(const FileOrigin& origin) {
    if (const auto* context = std::get_if<ContextFiles>(&origin))
        return CopySource::open_context(plan_.contexts[context->context.index], services_.contexts);
    if (const auto* files = std::get_if<InlineFiles>(&origin)) return CopySource::of_inline(*files);
    MABPLAN_TRY(root, services_.layers.view(results_.chain(std::get<RootFiles>(origin).root)));
    return CopySource::of_root(std::move(root));
}

Result<ActionExecutor::SelectedPart> ActionExecutor::select_part(const CopyAction& copy, std::size_t number, CopySource& source,
                                                                 SourceWildcards wildcards, const std::optional<LayerTime>& time) {
    const CopyPart& part = copy.parts[number];
    const auto* context = std::get_if<ContextFiles>(&part.from);
    auto selection = source.select(copy, part, wildcards);
    // what was found when compiling can't be missing but by a change
    if (!selection && context != nullptr && selection.error().kind == ErrorKind::Input)
        return context_changed(plan_.contexts[context->context.index]);
    if (!selection) return as_fault_of_step(all_mistakes(std::move(selection).error(), source, copy, part, wildcards));
    Digest digest = time && part.times == SourceTimes::Keep ? dated_selection_digest(*selection) : selection_digest(*selection);
    if (context != nullptr && digest != context->tree) return context_changed(plan_.contexts[context->context.index]);
    return SelectedPart{*std::move(selection), std::move(digest)};
}

Result<ActionExecutor::DraftedCopy> ActionExecutor::draft_copy(const CopyAction& copy, SourceWildcards wildcards,
                                                               const std::optional<LayerTime>& time) {
    DraftedCopy drafted{{}, ContentSpool(services_.store.scratch()), {}, {}, {}, {}, {}};
    std::vector<PartToPlace> parts;
    for (std::size_t i = 0; i < copy.parts.size(); ++i) {
        MABPLAN_TRY(source, open_source(copy.parts[i].from));
        drafted.sources.push_back(std::move(source));
        MABPLAN_TRY(part, select_part(copy, i, drafted.sources[i], wildcards, time));
        std::map<std::size_t, AddedArchive> archives;
        if (copy.parts[i].unpack) {
            MABPLAN_TRY(read, read_archives(part.selection, drafted.sources[i], services_.layers.max_bytes(), drafted.spool));
            archives = std::move(read);
        }
        drafted.inputs.sources.push_back(part.digest.text());
        parts.push_back({std::move(part.selection), std::move(archives)});
    }
    drafted.first_path = path_of_first(parts);
    // A linked copy is made as onto nothing: no fact of the root is looked at.
    MABPLAN_TRY(view, services_.layers.view(copy.link ? std::vector<Digest>{} : results_.chain(copy.root)));
    drafted.below = std::make_unique<MergedView>(std::move(view));
    UserFiles users;
    if (needs_user_files(copy.chown)) {
        MABPLAN_TRY(read, read_user_files(*drafted.below));
        users = std::move(read);
    }
    drafted.draft = std::make_unique<LayerDraft>(*drafted.below, time_of_changes(time));
    MABPLAN_TRY(places, place_copy(copy, std::move(parts), users, time ? TimesInCopies::AsPartsSay : TimesInCopies::Kept, *drafted.draft));
    drafted.places = std::move(places);
    drafted.inputs.root = drafted.draft->facts();
    return drafted;
}

Result<ActionResult> ActionExecutor::write_copy(DraftedCopy& drafted, const std::optional<LayerTime>& time) {
    CopyContents contents(drafted.places, drafted.sources, drafted.spool, *drafted.below);
    return write_layer(time, [&](const LayerOptions& options, ByteSink& out) {
        return write_tree_layer(drafted.draft->entries(), contents, options, out);
    });
}

Result<Executed> ActionExecutor::execute_copy(ActionId id, const CopyAction& copy) {
    const auto begin = Clock::now();
    const std::optional<LayerTime>& time = plan_.action(id).time;
    MABPLAN_TRY(drafted, draft_copy(copy, SourceWildcards::Expand, time));
    MABPLAN_TRY(cached, find_content(id, drafted.inputs));
    if (cached) return *cached;
    MABPLAN_TRY(result, write_copy(drafted, time));
    if (!copy.chmod.empty()) MABPLAN_CHECK(services_.layers.know_baked_in(result.diff_id, closed_folders(copy, drafted.draft->entries())));
    result.seconds = seconds_since(begin);
    MABPLAN_CHECK(record(id, drafted.inputs, result));
    return Executed{result, HowDone::Native};
}

}  // namespace mabplan::runtime
