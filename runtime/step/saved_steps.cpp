#include "runtime/step/saved_steps.h"

#include "plans/base/digest.h"
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/codec/step_codec.h"
#include "runtime/sys/file.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

// Anything else could stand for another folder, or need quoting in a shell.
bool is_plain(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '_' ||
           letter == '.';
}

}  // namespace

std::string name_of_saved_step(const StepRequest& request, std::string_view text) {
    std::string name = format("{}-{}-{}.json", request.stage, format_platform(request.platform), Digest::of(text).short_hex());
    std::replace_if(
        name.begin(), name.end(), [](char letter) { return !is_plain(letter); }, '-');
    return name;
}

Result<StepResult> SavingStepRunner::run(const StepRequest& request, StepLog& log) {
    const std::string text = write_step_request(request);
    const std::string path = join_path(folder_, name_of_saved_step(request, text));
    MABPLAN_CHECK(make_directories(folder_));
    MABPLAN_CHECK(write_file(path, text));
    auto result = runner_.run(request, log);
    auto* failed = result ? std::get_if<StepFailed>(&result->what) : nullptr;
    if (failed != nullptr) failed->hint = format("`mabplan step run {}` runs it again, alone", path);
    return result;
}

}  // namespace mabplan::runtime
