#include "tools/mabplan/transfer_lines.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "tools/mabplan/process.h"

#include <cstdio>
#include <variant>

namespace mabplan::tools {

namespace {

constexpr double kSilence = 5;  // seconds without a line, at most

std::string rate_of(std::uint64_t bytes, double seconds) {
    return seconds < 0.05 ? std::string()
                          : format(", {}/s", format_bytes(static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds)));
}

}  // namespace

void TransferLines::tell(runtime::Happening what) {
    const auto* transfer = std::get_if<runtime::Transfer>(&what);
    if (is_quiet_ || transfer == nullptr) return;
    const double now = steady_seconds();
    const auto going = going_.lock();
    const auto [entry, is_new] = going->emplace(transfer->number, Going{now, now, transfer->done});
    Going& known = entry->second;
    const std::uint64_t moved = transfer->done - std::min(transfer->done, known.at_begin);
    if (transfer->state == runtime::TransferState::Going) {
        if (is_new || now - known.told < kSilence) return;
        known.told = now;
        const std::string of = transfer->total ? format(" of {}", format_bytes(*transfer->total)) : "";
        std::fputs(format("{}: {}{}{}\n", transfer->what, format_bytes(transfer->done), of, rate_of(moved, now - known.begun)).c_str(),
                   stderr);
        return;
    }
    if (transfer->state == runtime::TransferState::Done)
        std::fputs(format("{}: {}{}\n", transfer->what, format_bytes(transfer->done), rate_of(moved, now - known.begun)).c_str(), stderr);
    going->erase(entry);
}

}  // namespace mabplan::tools
