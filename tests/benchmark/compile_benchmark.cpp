// How long a Dockerfile takes from text to plan, by its number of instructions (one stage for each ten). Ports answer from memory.
#include "plans/codec/plan_writer.h"
#include "tests/support/lint_project.h"

#include <benchmark/benchmark.h>

#include <string>

namespace {

using namespace mabplan;

// Stages that build on one another and copy from one another, with what real files hold.
std::string dockerfile_of(std::int64_t instructions) {
    std::string text = "ARG VERSION=1.2\n";
    for (std::int64_t stage = 0; stage * 10 < instructions; ++stage) {
        text += stage % 4 == 0 ? format("FROM base:$VERSION AS s{}\n", stage) : format("FROM s{} AS s{}\n", stage - 1, stage);
        text += format("ARG VERSION\nENV NAME{}=${{VERSION}}-x PATH=/opt/{}:$PATH\nWORKDIR /src/{}\nCOPY --chown=1:2 a.txt ./\n", stage % 7,
                       stage % 5, stage);
        text +=
            format("RUN --mount=type=cache,target=/root/.cache make \\\n    # a comment\n    target-{} && \\\n    make install\n", stage);
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

// One kind of line, many times, with the linter looking on: each must cost the same, however many there are.
struct Kind {
    const char* head;  // before the lines
    std::string (*line)(std::int64_t number);
};

const Kind kArgs{"FROM base\n", [](std::int64_t n) { return format("ARG A{}=$A{}\n", n, n - 1); }};
const Kind kEnvs{"FROM base\n", [](std::int64_t n) { return format("ENV E{}=x$E{}\n", n, n == 0 ? 0 : n - n % 100); }};
const Kind kUndefined{"FROM base\n", [](std::int64_t n) { return format("ENV E{}=$U{}\n", n, n); }};
const Kind kLabels{"FROM base\n", [](std::int64_t n) { return format("LABEL l{}=x\n", n); }};
const Kind kCommands{"FROM base\n", [](std::int64_t n) { return format("CMD [\"c{}\"]\n", n); }};
const Kind kCopies{"FROM base\n", [](std::int64_t n) { return format("COPY a.txt /d{}/\n", n); }};
const Kind kStages{"", [](std::int64_t n) {
                       return n == 0 ? std::string("FROM base AS s0\n") : format("FROM base AS s{}\nCOPY --from=s{} /a /\n", n, n - 1);
                   }};
const Kind kHeredocs{"FROM base\n", [](std::int64_t n) { return format("COPY <<F{} /d/\nx\nF{}\n", n, n); }};
const Kind kOneLine{"FROM base\nENV A=a", [](std::int64_t n) { return format(" \\\n E{}=$A", n); }};
const Kind kOneRun{"FROM base\nRUN a", [](std::int64_t n) { return format(" && \\\n # comment\n x{}", n); }};
const Kind kFaults{"FROM base\n", [](std::int64_t n) { return format("WORKDR /x{}\n", n); }};

void compile_many(benchmark::State& state, const Kind& kind) {
    std::string text = kind.head;
    for (std::int64_t n = 0; n < state.range(0); ++n) text += kind.line(n);
    tests::Project project(text);
    project.files.add(".", "a.txt", "a");
    for (auto _ : state) {
        auto linted = tests::lint(project);
        benchmark::DoNotOptimize(linted);
    }
    state.SetComplexityN(state.range(0));
}

}  // namespace

#define MABPLAN_BENCHMARK_LINES(name) \
    BENCHMARK_CAPTURE(compile_many, name, k##name)->Unit(benchmark::kMillisecond)->RangeMultiplier(10)->Range(1000, 100000)->Complexity()
MABPLAN_BENCHMARK_LINES(Args);
MABPLAN_BENCHMARK_LINES(Envs);
MABPLAN_BENCHMARK_LINES(Undefined);
MABPLAN_BENCHMARK_LINES(Labels);
MABPLAN_BENCHMARK_LINES(Commands);
MABPLAN_BENCHMARK_LINES(Copies);
MABPLAN_BENCHMARK_LINES(Heredocs);
MABPLAN_BENCHMARK_LINES(OneLine);
MABPLAN_BENCHMARK_LINES(OneRun);
MABPLAN_BENCHMARK_LINES(Faults);
BENCHMARK_CAPTURE(compile_many, Stages, kStages)->Unit(benchmark::kMillisecond)->RangeMultiplier(10)->Range(100, 10000)->Complexity();
BENCHMARK(compile_dockerfile)->Unit(benchmark::kMillisecond)->RangeMultiplier(10)->Range(100, 100000)->Complexity();
BENCHMARK(write_the_plan)->Unit(benchmark::kMillisecond)->RangeMultiplier(10)->Range(100, 100000)->Complexity();
BENCHMARK_MAIN();
