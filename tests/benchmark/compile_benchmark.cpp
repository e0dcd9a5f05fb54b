// How long a Dockerfile takes from text to plan, by its number of instructions (one stage for each ten). Ports answer from memory.
#include "plans/codec/plan_writer.h"
#include "tests/support/fake_ports.h"

#include <benchmark/benchmark.h>

#include <string>

namespace {

using namespace mabplan;

// Stages that build on one another and copy from one another, with what real files hold.
std::string dockerfile_of(std::int64_t instructions) {
    std::string text = "ARG VERSION=1.2\n";
    for (std::int64_t stage = 0; stage * 10 < instructions; ++stage) {
        text += stage % 4 == 0 ? format("FROM base:$VERSION AS s{}\n", stage) : format("FROM s{} AS s{}\n", stage - 1, stage);
        text += format("ARG VERSION\nENV NAME{}=${{VERSION}}-x PATH=/opt/{}:$PATH\nWORKDIR /src/{}\nCOPY --chown=1:2 a.txt ./\n", stage % 7, stage % 5, stage);
        text += format("RUN --mount=type=cache,target=/root/.cache make \\\n    # a comment\n    target-{} && \\\n    make install\n", stage);
        text += stage > 0 ? format("COPY --from=s{} /src /other/\n", stage - 1) : std::string("RUN true\n");
        text += "LABEL a=b\nEXPOSE 80\nCMD [\"run\"]\n";
    }
    return text;
}

void compile_dockerfile(benchmark::State& state) {
    tests::Project project(dockerfile_of(state.range(0)));
    project.files.add(".", "a.txt", "a");
    for (auto _ : state) {
        auto plan = project.plan();
        benchmark::DoNotOptimize(plan);
    }
    state.SetComplexityN(state.range(0));
}

void write_the_plan(benchmark::State& state) {
    tests::Project project(dockerfile_of(state.range(0)));
    project.files.add(".", "a.txt", "a");
    const Plan plan = project.plan();
    for (auto _ : state) {
        auto text = write_plan(plan);
        benchmark::DoNotOptimize(text);
    }
    state.SetComplexityN(state.range(0));
}

}  // namespace

BENCHMARK(compile_dockerfile)->Unit(benchmark::kMillisecond)->RangeMultiplier(10)->Range(100, 100000)->Complexity();
BENCHMARK(write_the_plan)->Unit(benchmark::kMillisecond)->RangeMultiplier(10)->Range(100, 100000)->Complexity();
BENCHMARK_MAIN();
