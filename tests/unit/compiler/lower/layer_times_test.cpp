#include "compiler/lower/layer_times.h"

#include "plans/base/layer_time_range.h"
#include "plans/model/action_key.h"
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

#include <map>

using namespace mabplan;
using tests::Project;

namespace {

constexpr std::int64_t kMade = 1'700'000'000;

// The time of each layer by its instruction, on the first platform that has it.
std::map<std::string, std::int64_t> times_of(const Plan& plan) {
    std::map<std::string, std::int64_t> times;
    for (const Action& action : plan.actions)
        if (action.time) times.emplace(action.origin.text, action.time->seconds());
    return times;
}

Project project_on(const std::string& dockerfile, const std::vector<std::string>& platforms = {"linux/amd64"}) {
    Project project(dockerfile, platforms);
    project.images.created = {{"base linux/amd64", kMade}, {"base linux/arm64", kMade + 500}, {"old linux/amd64", kMade - 10'000}};
    project.files.add(".", "x", "content");
    return project;
}

std::string epoch_seen(const Plan& plan, std::size_t command = 0) {
    const RunAction run = tests::actions_of<RunAction>(plan).at(command);
    for (const std::string& entry : run.env)
        if (entry.starts_with("SOURCE_DATE_EPOCH=") && entry.size() > 18) return entry.substr(18);
    return run.epoch ? std::to_string(*run.epoch) : "none";
}

}  // namespace

TEST_CASE("the n-th layer of a chain has the time of its base and n seconds") {
    const Plan plan = project_on("FROM base\nRUN a\nENV A=1\nCOPY x /\nWORKDIR /w\n").plan();
    CHECK(times_of(plan) == std::map<std::string, std::int64_t>{{"RUN a", kMade + 1}, {"COPY x /", kMade + 2}, {"WORKDIR /w", kMade + 3}});
    CHECK(tests::created_of(plan) == kMade + 3);
    const auto& history = plan.targets[0].cells[0].history;
    CHECK(history[0].created == kMade + 1);
    CHECK(history[1].created == kMade + 1);  // ENV
    CHECK(history[3].created == kMade + 3);
}

TEST_CASE("a stage goes on where the one below ends, and commands of a chain see one time") {
    const Plan plan = project_on("FROM base AS one\nRUN a\nFROM one\nRUN b\n").plan();
    CHECK(times_of(plan) == std::map<std::string, std::int64_t>{{"RUN a", kMade + 1}, {"RUN b", kMade + 2}});
    CHECK(epoch_seen(plan, 0) == std::to_string(kMade));
    CHECK(epoch_seen(plan, 1) == std::to_string(kMade));
}

TEST_CASE("the newest of the platforms of a base counts for all, so that a COPY at one place is one action") {
    const Plan plan = project_on("FROM base\nRUN a\nCOPY --link x /\n", {"linux/amd64", "linux/arm64"}).plan();
    CHECK(times_of(plan) == std::map<std::string, std::int64_t>{{"RUN a", kMade + 501}, {"COPY --link x /", kMade + 502}});
    CHECK(tests::created_of(plan) == kMade + 502);
}

TEST_CASE("scratch, and bases without a time or with one before 1980, start in 1980") {
    CHECK(times_of(project_on("FROM scratch\nCOPY x /\n").plan())["COPY x /"] == kEarliestTime + 1);
    CHECK(times_of(project_on("FROM nameless\nCOPY x /\n").plan())["COPY x /"] == kEarliestTime + 1);
    Project ancient = project_on("FROM base\nCOPY x /\n");
    ancient.images.created["base linux/amd64"] = -62135596800;  // "0001-01-01T00:00:00Z", as some builders write
    CHECK(times_of(ancient.plan())["COPY x /"] == kEarliestTime + 1);
    CHECK(tests::created_of(project_on("FROM base\nENV A=1\n").plan()) == kMade);
}

TEST_CASE("what takes files of another chain is newer than it, by whole minutes") {
    const std::string tail = "FROM old\nRUN first\nCOPY --from=build /a /\nRUN last\n";
    auto times = times_of(project_on("FROM base AS build\nRUN make\n" + tail).plan());
    CHECK(times["RUN first"] == kMade - 10'000 + 1);
    CHECK(times["COPY --from=build /a /"] == kMade + 60 + 2);
    CHECK(times["RUN last"] == kMade + 60 + 3);
    // an instruction more in the other stage changes nothing here
    auto more = times_of(project_on("FROM base AS build\nRUN make\nRUN test\n" + tail).plan());
    CHECK(more["COPY --from=build /a /"] == times["COPY --from=build /a /"]);
    CHECK(tests::created_of(project_on("FROM base AS build\nRUN make\nFROM scratch\nCOPY --from=build /a /\n").plan()) == kMade + 61);
    // mounts are looked into as well, and images
    CHECK(times_of(project_on("FROM base AS build\nRUN make\nFROM old\nRUN --mount=from=build,target=/b x\n")
                       .plan())["RUN --mount=from=build,target=/b x"] == kMade + 61);
    CHECK(times_of(project_on("FROM old\nCOPY --from=base /a /\n").plan())["COPY --from=base /a /"] == kMade + 61);
    CHECK(times_of(project_on("FROM scratch\nADD https://example.com/x /\n").plan())["ADD https://example.com/x /"] == kEarliestTime + 1);
    CHECK(times_of(project_on("FROM base\nCOPY --from=old /a /\n").plan())["COPY --from=old /a /"] == kMade + 1);
}

TEST_CASE("a stage of many layers is left behind all the same") {
    std::string text = "FROM base AS build\n";
    for (int i = 0; i < 130; ++i) text += "RUN " + std::to_string(i) + "\n";
    CHECK(times_of(project_on(text + "FROM base\nCOPY --from=build /a /\n").plan())["COPY --from=build /a /"] == kMade + 180 + 1);
}

TEST_CASE("with a given epoch nothing is later, and all of the image is of it") {
    const auto given = [](const char* epoch) {
        return project_on("FROM base AS build\nRUN make\nFROM base\nCOPY --from=build /a /\nRUN b\n")
            .argument("SOURCE_DATE_EPOCH", epoch)
            .plan();
    };
    const Plan plan = given("1000000");
    CHECK(times_of(plan) ==
          std::map<std::string, std::int64_t>{{"RUN make", 996'401}, {"COPY --from=build /a /", 996'461}, {"RUN b", 996'462}});
    CHECK(tests::created_of(plan) == 1'000'000);
    for (const HistoryEntry& entry : plan.targets[0].cells[0].history) CHECK(entry.created == 1'000'000);
    CHECK(epoch_seen(plan) == "1000000");
    for (const char* early : {"0", "1", "3599", "3600"})
        for (const auto& [text, time] : times_of(given(early))) {
            CHECK(time <= std::stoll(early));
            CHECK(time >= 0);
        }
}

TEST_CASE("an ARG before the first FROM gives the epoch too: a number, a stage, a context; anything else is refused") {
    const std::string stage = "FROM scratch AS when\nADD https://example.com/x /\n";
    CHECK(tests::created_of(project_on("ARG SOURCE_DATE_EPOCH=77777\nFROM base\nRUN a\n").plan()) == 77777);
    Project named = project_on("ARG SOURCE_DATE_EPOCH=when\n" + stage + "FROM base\nARG SOURCE_DATE_EPOCH\nRUN a\n");
    named.sources.times = {{"https://example.com/x", 88888}};
    CHECK(tests::created_of(named.plan()) == 88888);
    CHECK(epoch_seen(named.plan()) == "88888");
    CHECK(tests::created_of(named.argument("SOURCE_DATE_EPOCH", "5000").plan()) == 5000);
    Project folder = project_on("ARG SOURCE_DATE_EPOCH=context\nFROM base\nARG SOURCE_DATE_EPOCH\nRUN a\n");
    CHECK(tests::created_of(folder.plan()) == kMade + 1);  // a folder has no commit
    CHECK(epoch_seen(folder.plan()) == std::to_string(kMade));
    CHECK(project_on("ARG SOURCE_DATE_EPOCH=soon\nFROM base\n").error() == "1: invalid SOURCE_DATE_EPOCH: soon");
    CHECK(tests::created_of(project_on("ARG SOURCE_DATE_EPOCH\nFROM base\nRUN a\n").plan()) == kMade + 1);
}

TEST_CASE("an epoch that no layer can hold is refused, a base from the far future is held back") {
    const auto error = [](const char* epoch) { return project_on("FROM base\n").argument("SOURCE_DATE_EPOCH", epoch).error(); };
    CHECK(error("1764417660000") == "SOURCE_DATE_EPOCH is 1764417660000: expected seconds since 1970, at most 8589934591");
    CHECK(error("-1") == "SOURCE_DATE_EPOCH is -1: expected seconds since 1970, at most 8589934591");
    CHECK(error("8589934591") == "compiled");
    Project future = project_on("FROM base\nCOPY x /\n");
    future.images.created["base linux/amd64"] = 253402300799;
    CHECK(times_of(future.plan())["COPY x /"] <= kLatestTime);
}

TEST_CASE("where times are kept nothing has one") {
    Project project = project_on("FROM base\nRUN a\n");
    project.matrix.reproducible.enabled = false;
    const Plan plan = project.plan();
    CHECK(times_of(plan).empty());
    CHECK(!tests::created_of(plan));
    CHECK(epoch_seen(plan) == "none");
    CHECK(tests::actions_of<RunAction>(plan)[0].noise == Noise::Keep);
    const Plan given = project.argument("SOURCE_DATE_EPOCH", "1000").plan();  // as BuildKit has it: the image's time, not that of its files
    CHECK(times_of(given).empty());
    CHECK(tests::created_of(given) == 1000);
    CHECK(given.targets[0].cells[0].history[0].created == 1000);
    for (const Action& action : given.actions) CHECK(action.definition_key == definition_key(given, action.work, action.time));
}

TEST_CASE("which times belong to the content") {
    const auto times = [](const std::string& instruction) {
        Project project = project_on("FROM base AS build\nFROM base\n" + instruction + "\n");
        project.sources.pins = {{"https://example.com/x", Digest::of("x").text()}};
        return tests::actions_of<CopyAction>(project.plan()).at(0).parts.at(0).times;
    };
    CHECK(times("COPY x /") == SourceTimes::Set);
    CHECK(times("ADD x /") == SourceTimes::Set);
    CHECK(times("COPY <<x /\nEND\nx") == SourceTimes::Set);
    CHECK(times("COPY --from=build /a /") == SourceTimes::Keep);
    CHECK(times("COPY --from=base /a /") == SourceTimes::Keep);
    CHECK(times("ADD https://example.com/x /") == SourceTimes::Keep);
    CHECK(times("ADD --checksum=" + Digest::of("x").text() + " https://example.com/x /") == SourceTimes::Set);
    CHECK(times("ADD https://example.com/a.git /") == SourceTimes::Keep);
    CHECK(times("ADD https://example.com/a.git?mtime=checkout /") == SourceTimes::Set);
}
