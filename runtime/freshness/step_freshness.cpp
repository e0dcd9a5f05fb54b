#include "runtime/freshness/step_freshness.h"

#include "plans/base/format.h"
#include "runtime/freshness/cache_mtimes.h"
#include "runtime/freshness/refreshed_files.h"
#include "runtime/freshness/written_files.h"
#include "runtime/sys/file.h"

#include <algorithm>
#include <map>
#include <utility>

namespace mabplan::runtime {

namespace {

std::vector<std::vector<RefreshedFile>> files_by_stack(const CacheTimes& times) {
    std::vector<std::vector<RefreshedFile>> files(times.sight().stacks().size());
    for (std::size_t i = 0; i < times.times().size(); ++i) {
        const SeenFile& file = times.sight().files()[i];
        if (times.times()[i] != 0) files[file.stack].push_back({file.file->path, times.times()[i]});
    }
    for (auto& stack : files)
        std::sort(stack.begin(), stack.end(),
                  [](const RefreshedFile& a, const RefreshedFile& b) { return precedes_in_listing(a.path, b.path); });
    return files;
}

}  // namespace

Result<StepFreshness> StepFreshness::prepare(SandboxSpec& spec, const std::vector<UsedCache>& caches, SeenLayers layers) {
    StepFreshness freshness(std::move(layers));
    if (caches.empty()) return freshness;
    MABPLAN_TRY(sight, StepSight::look(freshness.layers_, spec.lower_dirs, spec.mounts));
    MABPLAN_TRY(times, CacheTimes::compare(std::move(sight), caches, spec.stop_fd));
    freshness.times_ = std::move(times);
    MABPLAN_CHECK(freshness.refresh(spec));
    return freshness;
}

// Stacks are those of the root and then of the mounts that are made of layers, in the order of the mounts.
Status StepFreshness::refresh(SandboxSpec& spec) {
    std::vector<std::vector<std::string>*> stacks{&spec.lower_dirs};
    for (std::size_t i = 0; i < spec.mounts.size(); ++i) {
        auto* layers = std::get_if<LayersMount>(&spec.mounts[i].what);
        if (layers == nullptr) continue;
        if (spec.mounts[i].access == MountAccess::Writable)
            writable_mounts_.push_back({upper_of_mount(spec.scratch_dir, i), stacks.size()});
        stacks.push_back(&layers->lower_dirs);
    }
    const auto files = files_by_stack(*times_);
    for (std::size_t stack = 0; stack < stacks.size(); ++stack) {
        if (files[stack].empty()) continue;
        std::string folder = format("{}/refreshed-{}", spec.scratch_dir, stack);
        MABPLAN_CHECK(make_refreshed_folder(folder, *stacks[stack], files[stack]));
        stacks[stack]->push_back(std::move(folder));
    }
    return {};
}

// A refreshed file may have been copied or moved with its time: then it is told by its content, or else has the time of the newest layer.
Status StepFreshness::settle(const std::string& upper_dir) {
    if (!times_) return {};
    const StepSight& sight = times_->sight();
    std::map<std::int64_t, std::vector<std::size_t>> refreshed;  // by time
    for (std::size_t i = 0; i < times_->times().size(); ++i)
        if (times_->times()[i] != 0) refreshed[times_->times()[i]].push_back(i);
    const auto time_of_layer = [&](const WrittenPath& path) -> std::optional<std::int64_t> {
        const bool is_cut = path.mtime_ns % kNanosecondsPerSecond == 0;  // or was set by the command itself
        const auto found = refreshed.find(is_cut ? path.mtime_ns + kTimeMark : path.mtime_ns);
        if (found == refreshed.end()) return std::nullopt;
        const auto same = sight.find(path.key);
        if (same && times_->times()[*same] == found->first) return sight.files()[*same].file->mtime_ns;
        const Fingerprint content = path.content();
        std::int64_t newest = 0;
        for (const std::size_t i : found->second) {
            if (sight.files()[i].content == content) return sight.files()[i].file->mtime_ns;
            newest = std::max(newest, sight.files()[i].file->mtime_ns);
        }
        return is_cut ? std::nullopt : std::optional(newest);
    };
    MABPLAN_TRY(written, read_written(upper_dir, time_of_layer));
    written_ = std::move(written);
    return {};
}

// What is written to a mount is thrown away, and what was made from it is in the cache.
Status StepFreshness::forget_mounts() {
    std::vector<std::uint64_t> paths;
    for (const WritableMount& mount : writable_mounts_) {
        if (!is_directory(mount.upper_dir)) continue;
        const SeenStack& stack = times_->sight().stacks()[mount.stack];
        MABPLAN_TRY(written, read_written_mount(mount.upper_dir, stack.source, stack.target));
        paths.insert(paths.end(), written.begin(), written.end());
    }
    return times_->forget_paths(std::move(paths));
}

Status StepFreshness::record(const std::string& layer) {
    if (!times_) return {};
    MABPLAN_CHECK(forget_mounts());
    layers_.made.insert(layer);
    MABPLAN_TRY(after, times_->sight().with_layer(layers_, layer));
    return times_->record(after, written_);
}

Status StepFreshness::forget(const std::string& upper_dir) {
    if (!times_) return {};
    MABPLAN_CHECK(forget_mounts());
    if (!is_directory(upper_dir)) return times_->forget({});
    MABPLAN_TRY(written, read_written(upper_dir, [](const WrittenPath&) { return std::nullopt; }));
    return times_->forget(written);
}

}  // namespace mabplan::runtime
