#include "runtime/step/cpu_reruns.h"

#include "plans/base/format.h"
#include "runtime/sandbox/emulated_cpu.h"
#include "runtime/step/step_failure.h"
#include "runtime/step/variables.h"
#include "runtime/sys/stopwatch.h"

#include <optional>

namespace mabplan::runtime {

namespace {

bool may_succeed_on_another(const Result<StepResult>& result) {
    if (!result) return false;
    const auto* failed = std::get_if<StepFailed>(&result->what);
    return failed != nullptr && lacks_instruction(*failed);
}

class Attempts {
public:
    Attempts(CpuModels& models, StepLog& log, const StepAttempt& attempt) : models_(models), log_(log), attempt_(attempt) {}

    Result<StepResult> run(StepPlatform platform, std::span<const std::string_view> wider) {
        watch_ = Stopwatch();
        models_.run_with_usual([&] { try_on(platform); });
        for (std::size_t i = 0; i < wider.size() && may_succeed_on_another(*result_); ++i) {
            const std::string lacking = format("needs an instruction that {} lacks: ", platform.cpu_words);
            watch_ = Stopwatch();
            const auto known = models_.run_with(wider[i], [&] {
                platform.cpu_words = cpu_in_words(wider[i]);
                platform.is_widest = i + 1 == wider.size();
                log_.note(format("{}run again with {}", lacking, platform.cpu_words));
                try_on(platform);
            });
            if (known) continue;
            log_.note(format("{}no other is to be had: {}", lacking, known.error().message));
            break;
        }
        if (*result_) (*result_)->waited_seconds += waited_;
        return *std::move(result_);
    }

private:
    void try_on(const StepPlatform& platform) {
        waited_ += watch_.seconds();
        result_ = attempt_(platform);
    }

    CpuModels& models_;
    StepLog& log_;
    const StepAttempt& attempt_;
    Stopwatch watch_;  // of the attempt, from before its CPU was to be had
    double waited_ = 0;
    std::optional<Result<StepResult>> result_;
};

}  // namespace

Result<StepResult> run_on_some_cpu(const StepRequest& request, StepPlatform platform, CpuModels& models, StepLog& log,
                                   const StepAttempt& attempt) {
    std::span<const std::string_view> wider;
    const auto chosen = value_of_variable(request.env, "QEMU_CPU");
    if (chosen && !platform.emulator.empty()) platform.cpu_words = format("cpu {} by QEMU_CPU", *chosen);
    else wider = models.wider();
    platform.is_widest = wider.empty();
    return Attempts(models, log, attempt).run(std::move(platform), wider);
}

}  // namespace mabplan::runtime
