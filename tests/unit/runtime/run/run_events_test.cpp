// What a run tells of itself. Each runs in a process of its own, which enters the namespace of a run; plans have no commands.
#include "runtime/run.h"

#include "plans/base/format.h"
#include "runtime/output/local_destinations.h"
#include "tests/support/example_plan.h"
#include "tests/support/recording_observer.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

class NoBases final : public BlobFetcher {
public:
    Status fetch(const ImageLocation&, const Descriptor&, const ByteProgress&) override {
        return fail(ErrorKind::Registry, "there are no bases here");
    }
};

std::string how_name(HowDone how) {
    return how == HowDone::CachedDefinition ? "cached" : how == HowDone::CachedContent ? "same" : "native";
}
std::string end_name(RunEnd end) {
    constexpr std::array<const char*, 4> kNames{"succeeded", "only optional failed", "failed", "interrupted"};
    return kNames[static_cast<std::size_t>(end)];
}

// One line an event, of those kinds that these plans give.
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
    std::string operator()(const RunEnded& ended) const {
        return format("ended: {}, {} cached, {} executed, {} failed, {} skipped{}\n", end_name(ended.how), ended.cached, ended.executed,
                      ended.failed, ended.skipped, ended.error ? ": " + ended.error->message : "");
    }
    template <class Other>
    std::string operator()(const Other&) const {
        return "another\n";
    }
};

std::string told(const Plan& plan, const std::string& folder) {
    const auto store = Store::open(folder + "/store");
    if (!store) return store.error().message;
    NoBases bases;
    SourceFetcher sources({}, **store);
    ProjectFolders folders({folder, {(*store)->stat_cache(), (*store)->scratch()}});
    LocalDestinations destinations(folder);
    Stop stop;
    RunSettings settings;
    double now = 100;  // one job: the clock is read by one worker, and by the queue under its lock
    settings.clock = [&now] { return now; };
    settings.project_folder = folder;
    tests::RecordingObserver record;
    const auto report = run_plan(plan, {**store, bases, sources, folders, destinations, stop}, settings, record);
    std::string text;
    for (const BuildEvent& event : record.events) text += std::visit(Lines{}, event.what);
    if (record.events.empty() || record.events.front().at != 0) text += "the time does not begin with the run\n";
    return text;
}

std::string told_in_child(const Plan& plan, const std::string& folder) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const std::string text = told(plan, folder);
        ::_exit(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
    }
    ::close(ends[1]);
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t count = 1; count > 0;) {
        count = ::read(ends[0], buffer.data(), buffer.size());
        if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    return text;
}

// WORKDIR, and a here-document copied into it: one image, in a folder.
Plan small_plan() {
    Plan plan;
    const ActionId made = tests::add_action(plan, MakeDirectoryAction{std::nullopt, "/app", ""}, "WORKDIR /app");
    CopyAction copy;
    copy.root = made;
    copy.parts.push_back({InlineFiles{{{"greeting", "hello"}}}, {}});
    copy.destination = "/app/";
    const ActionId copied = tests::add_action(plan, copy, "COPY <<greeting /app/");
    Cell cell;
    cell.target = "it";
    cell.platform = cell.root_platform = {"linux", "arm64", {}, {}, {}};
    cell.root = copied;
    cell.config = R"({"architecture":"arm64","os":"linux"})";
    plan.targets.push_back({"it", {cell}, {}, {}, {}, {LayoutOutput{"out", false}}});
    return plan;
}

}  // namespace

TEST_CASE("a run tells its totals, each action, its outputs and its end; the next one that all is done") {
    tests::TemporaryDirectory folder;
    const Plan plan = small_plan();
    CHECK(told_in_child(plan, folder.path()) ==
          "began: 2 wanted, 0 cached, 2 to execute, 1 platforms\n"
          "started 0\nfinished 0 native true\n"
          "started 1\nfinished 1 native true\n"
          "exporting out\nexported out\n"
          "ended: succeeded, 0 cached, 2 executed, 0 failed, 0 skipped\n");
    CHECK(told_in_child(plan, folder.path()) ==
          "began: 2 wanted, 2 cached, 0 to execute, 1 platforms\n"
          "finished 0 cached true\nfinished 1 cached true\n"
          "exported out\n"
          "ended: succeeded, 2 cached, 0 executed, 0 failed, 0 skipped\n");
}

TEST_CASE("a run whose action fails tells it, and what was not begun for that") {
    tests::TemporaryDirectory folder;
    Plan plan = small_plan();
    CopyAction wrong;
    wrong.root = ActionId{1};
    wrong.parts.push_back({RootFiles{ActionId{0}}, {"/nothing"}});
    wrong.destination = "/x";
    const ActionId failing = tests::add_action(plan, wrong, "COPY --from=it /nothing /x");
    MakeDirectoryAction last{failing, "/last", ""};
    plan.targets[0].cells[0].root = tests::add_action(plan, last, "WORKDIR /last");
    const std::string text = told_in_child(plan, folder.path());
    CHECK(text.find("failed 2 required: ") != std::string::npos);
    CHECK(text.ends_with("ended: failed, 0 cached, 2 executed, 1 failed, 1 skipped\n"));
    plan.targets[0].cells[0].optional = true;
    const std::string optional = told_in_child(plan, folder.path());
    CHECK(optional.find("failed 2 optional: ") != std::string::npos);
    CHECK(optional.ends_with("ended: only optional failed, 2 cached, 0 executed, 1 failed, 1 skipped\n"));
}

TEST_CASE("a run that ends before anything is begun tells why") {
    tests::TemporaryDirectory folder;
    Plan plan = small_plan();
    plan.targets[0].outputs[0] = LayoutOutput{"out", true};  // where a folder is
    REQUIRE(::mkdir((folder / "out").c_str(), 0755) == 0);
    CHECK(told_in_child(plan, folder.path()).starts_with("ended: failed, 0 cached, 0 executed, 0 failed, 0 skipped: the target it "));
}
