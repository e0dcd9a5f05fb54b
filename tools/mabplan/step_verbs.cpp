// step run.
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/codec/step_codec.h"
#include "runtime/run_one_step.h"
#include "runtime/step/step_failure.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/console.h"
#include "tools/mabplan/device_specs.h"
#include "tools/mabplan/dotenv_file.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/grants.h"
#include "tools/mabplan/interrupts.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/verbs.h"

#include <cstdio>
#include <filesystem>

namespace mabplan::tools {

namespace {

constexpr std::uint64_t kMostBytes = 64U << 20U;

class ShownStep final : public runtime::StepLog {
public:
    ShownStep(const StepRequest& request, Progress progress) : request_(request), progress_(progress) {}

    void output(std::string_view bytes) override {
        if (progress_ != Progress::Quiet) std::fwrite(bytes.data(), 1, bytes.size(), stderr);
    }
    void note(std::string_view text) override { print_note(format("{} {}", request_.text, text)); }

private:
    const StepRequest& request_;
    Progress progress_;
};

Result<StepRequest> read_step_file(const std::string& path) {
    auto text = runtime::read_file(path, kMostBytes);
    if (!text) return pass(std::move(text).error().with_hint("`mabplan build --save-steps FOLDER` writes such files"));
    return read_step_request(*text, path);
}

Result<StepResult> run_step_file(const StepRunOptions& options, const StepRequest& request) {
    MABPLAN_TRY(grants, parse_grants(options.grants));
    auto variables = variables_for_secrets({}, grants.secrets, {});
    if (!variables) return pass(std::move(variables).error().front());
    MABPLAN_TRY(store, open_store(options.common));
    Interrupts interrupts;
    std::error_code ignored;
    runtime::OneStepSettings settings;
    settings.folder = std::filesystem::current_path(ignored).string();
    settings.emulator_folders = program_folders();
    settings.user = user_environment(*std::move(variables));
    settings.secrets = std::move(grants.secrets);
    settings.agents = std::move(grants.agents);
    settings.allow_insecure = grants.insecure;
    if (!request.devices.empty()) settings.devices = host_devices(grants.devices);
    settings.resolv_conf = resolv_conf();
    settings.stop_fd = interrupts.stop().fd();
    ShownStep shown(request, options.common.progress);
    return runtime::run_one_step(request, *store, settings, shown);
}

// What it said was seen already.
int report_failure(StepFailed failed, const StepResult& result, const StepRequest& request) {
    const int code = runtime::exit_code_of(failed);
    failed.log_tail.clear();
    const Error error = runtime::explain_failure(failed, {result.emulator, request.timeout_ms});
    const int told = report(error);
    return error.kind == ErrorKind::Step ? code : told;
}

}  // namespace

int step_run_verb(const StepRunOptions& options) {
    if (auto moved = change_directory(options.common.directory); !moved) return report(moved.error());
    const auto request = read_step_file(options.file);
    if (!request) return report(request.error());
    const auto result = run_step_file(options, *request);
    if (!result) return report(result.error());
    if (options.common.json) std::fputs(write_step_result(*result).c_str(), stdout);
    if (const auto* failed = std::get_if<StepFailed>(&result->what)) return report_failure(*failed, *result, *request);
    if (!options.common.json) std::fputs(format("{}\n", std::get<StepLayer>(result->what).diff_id.text()).c_str(), stdout);
    return 0;
}

}  // namespace mabplan::tools
