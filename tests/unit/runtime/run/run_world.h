// A run in a folder of its own, with twins for bases and for destinations of images, and what it told as text. One run a process:
// it enters a namespace.
#pragma once

#include "plans/base/format.h"
#include "runtime/output/local_destinations.h"
#include "runtime/run.h"
#include "tests/support/in_child.h"
#include "tests/support/layer_builder.h"
#include "tests/support/recording_destinations.h"
#include "tests/support/recording_observer.h"

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mabplan::runtime::tests {

using namespace mabplan::tests;

// Bases from a table of blobs; what is asked is counted.
class FakeBases final : public BlobFetcher {
public:
    explicit FakeBases(Store& store) : store_(store) {}
    Status fetch(const ImageLocation& location, const Descriptor& blob, const ByteProgress& progress) override {
        ++fetched;
        if (progress) progress(0, blob.size);
        if (on_fetch) MABPLAN_CHECK(on_fetch());
        const auto found = blobs.find(blob.digest);
        if (found == blobs.end()) return fail(ErrorKind::Registry, "there is no base at " + location.address);
        return store_.blobs().put(blob.digest, found->second);
    }

    std::map<Digest, std::string> blobs;
    std::function<Status()> on_fetch;
    std::atomic<int> fetched{0};

private:
    Store& store_;
};

inline std::string how_name(HowDone how) {
    return how == HowDone::CachedDefinition ? "cached" : how == HowDone::CachedContent ? "same" : "native";
}
inline std::string end_name(RunEnd end) {
    constexpr std::array<const char*, 4> kNames{"succeeded", "only optional failed", "failed", "interrupted"};
    return kNames[static_cast<std::size_t>(end)];
}

// One line an event, of those kinds that plans without commands give.
struct Lines {
    std::string operator()(const RunBegan& began) const {
        return format("began: {} wanted, {} cached, {} to execute, {} platforms\n", began.wanted, began.cached, began.to_execute,
                      began.platforms.size());
    }
    std::string operator()(const Started& started) const { return format("started {}\n", started.id.index); }
    std::string operator()(const Finished& done) const {
        return format("finished {} {} {}\n", done.id.index, how_name(done.how), done.layer_bytes > 0 && !done.diff_id.empty());
    }
    std::string operator()(const Failed& failed) const {
        return format("failed {} {}: {}\n", failed.id.index, failed.required ? "required" : "optional", failed.error.message);
    }
    std::string operator()(const Exported& exported) const { return format("exported {}\n", exported.destination); }
    std::string operator()(const Exporting& exporting) const { return format("exporting {}\n", exporting.destination); }
    std::string operator()(const Warned& warned) const { return format("warned: {}\n", warned.text); }
    std::string operator()(const Transfer& transfer) const {
        return transfer.state == TransferState::Going ? "" : transfer.state == TransferState::Done ? "transferred\n" : "not transferred\n";
    }
    std::string operator()(const RunEnded& ended) const {
        return format("ended: {}, {} cached, {} executed, {} failed, {} skipped{}\n", end_name(ended.how), ended.cached, ended.executed,
                      ended.failed, ended.skipped, ended.error ? ": " + ended.error->message : "");
    }
    template <class Other>
    std::string operator()(const Other&) const {
        return "another\n";
    }
};

struct RunWorld {
    explicit RunWorld(const std::string& folder) : folder_path(folder) {
        settings.clock = [] { return 100.0; };
        settings.project_folder = folder;
    }

    // What was told, a line an event.
    std::string tell(const Plan& plan) {
        const auto report = run(plan);
        static_cast<void>(report);
        return told();
    }
    Result<RunReport> run(const Plan& plan) {
        SourceFetcher::Options offline;  // nobody is asked
        offline.urls.offline = true;
        SourceFetcher sources(offline, *store);
        ProjectFolders folders({folder_path, {store->stat_cache(), store->scratch()}});
        LocalDestinations on_disk(folder_path);
        ImageDestinations& where = writes_nothing ? static_cast<ImageDestinations&>(recorded) : on_disk;
        return run_plan(plan, {*store, bases, sources, folders, where, stop}, settings, observed);
    }
    std::string told() const {
        std::string text;
        for (const BuildEvent& event : observed.events) text += std::visit(Lines{}, event.what);
        return text;
    }

    std::string folder_path;
    std::unique_ptr<Store> store = Store::open(folder_path + "/store").value();
    FakeBases bases{*store};
    RecordingDestinations recorded;
    bool writes_nothing = false;  // images go to `recorded`
    Stop stop;
    RunSettings settings;
    RecordingObserver observed;
};

// What the plan tells when it is run in that folder, by a process of its own; `prepare` changes the world before.
inline std::string told_in_child(
    const Plan& plan, const std::string& folder, const std::function<void(RunWorld&)>& prepare = [](RunWorld&) {}) {
    return in_child([&] {
        RunWorld world(folder);
        prepare(world);
        return world.tell(plan);
    });
}

// Context and all, as people read it; the empty text where nothing failed.
inline std::string failures_of(const Result<RunReport>& report) {
    if (!report) return format_error(report.error());
    std::string text;
    for (const Error& error : report->failures) text += format_error(error);
    return text;
}

}  // namespace mabplan::runtime::tests
