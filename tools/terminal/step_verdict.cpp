#include "tools/terminal/step_verdict.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/log/styled_text.h"
#include "tools/terminal/durations.h"
#include "tools/terminal/region.h"

namespace mabplan::tools {

namespace {

constexpr std::string_view kGreen = "32";
constexpr std::string_view kYellow = "33";
constexpr std::string_view kBoldRed = "1;31";

}  // namespace

std::string verdict_of(const runtime::Finished& finished, runtime::Colours colours) {
    const std::string seconds = format(" {:.2f}s", finished.seconds);
    switch (finished.how) {
        case runtime::HowDone::CachedDefinition: return paint("cached", kFaint, colours);
        case runtime::HowDone::CachedContent: return paint("cached (same content)" + seconds, kFaint, colours);
        case runtime::HowDone::Native: return paint("native" + seconds, kGreen, colours);
        case runtime::HowDone::Emulated: return paint("emulated" + seconds, kYellow, colours);
    }
    return {};
}

std::string verdict_of(const runtime::Failed& failed, runtime::Colours colours) {
    if (failed.error.kind == ErrorKind::Interrupted) return failed.error.message;
    return paint(format("FAILED {:.2f}s", failed.seconds), kBoldRed, colours);
}

std::string summary_of(const runtime::Transfer& transfer, double seconds) {
    const std::string what = runtime::as_one_line(transfer.what);
    if (transfer.state == runtime::TransferState::Failed)
        return format("{}: failed after {}, {}", what, format_bytes(transfer.done), tenths(seconds));
    return format("{}: {}, {}", what, format_bytes(transfer.done), tenths(seconds));
}

}  // namespace mabplan::tools
