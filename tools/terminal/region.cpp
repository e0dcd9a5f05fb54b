#include "tools/terminal/region.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/log/styled_text.h"
#include "tools/terminal/durations.h"
#include "tools/terminal/step_verdict.h"

#include <algorithm>

namespace mabplan::tools {

namespace {

constexpr std::size_t kMostOutput = 4;   // lines of one step
constexpr std::size_t kNarrow = 60;      // columns, below which names get shorter
constexpr std::size_t kVeryNarrow = 36;  // and still shorter

class Region {
public:
    Region(const BuildState& state, const std::vector<StepName>& names, const RegionLook& look)
        : state_(state), names_(names), look_(look), columns_(look.size.columns > 1 ? look.size.columns - 1 : 1) {}

    std::vector<std::string> draw();

private:
    std::string counts() const;
    std::string step_line(const RunningStep& step) const;
    std::string step_name(const StepName& name) const;
    std::string transfer_line(const RunningTransfer& transfer) const;
    std::vector<std::string> output_of(const RunningStep& step, std::size_t most) const;
    std::string spread(std::string_view left, std::string_view right) const;
    std::vector<std::size_t> share_rows(std::size_t steps, std::size_t rows) const;
    std::string more(std::size_t steps, std::size_t transfers) const;

    const BuildState& state_;
    const std::vector<StepName>& names_;
    const RegionLook& look_;
    std::size_t columns_;
};

// The left text from the edge on, the right one up to the other edge; the right one wins.
std::string Region::spread(std::string_view left, std::string_view right) const {
    const std::size_t width = runtime::width_of(right);
    if (width == 0 || width + 2 > columns_) return runtime::cut_to_width(width == 0 ? left : right, columns_);
    return format("{} {}", runtime::pad_to_width(left, columns_ - width - 1), right);
}

std::string Region::counts() const {
    std::string text = format("{} {}/{} done", tenths(look_.at), state_.done(), state_.wanted());
    if (state_.cached() > 0) text += format(", {} cached", state_.cached());
    if (state_.failed() > 0) text += format(", {} failed", state_.failed());
    if (look_.estimate && look_.estimate->seconds >= 0.5) text += ", " + estimate_text(*look_.estimate);
    return runtime::cut_to_width(text, columns_);
}

std::string Region::step_name(const StepName& name) const {
    if (columns_ >= kNarrow) return format("{} {}", name.label(), name.text);
    const std::string platform = name.platform.starts_with("linux/") ? name.platform.substr(6) : name.platform;
    if (columns_ >= kVeryNarrow) return format("{} {} {}", platform, name.place(), name.text);
    return format("{} {}/{} {}", platform, name.ordinal, name.count, name.text);
}

std::string Region::step_line(const RunningStep& step) const {
    const std::string seconds = tenths(look_.at - step.since);
    const std::string_view badge = step.emulated ? "emulated" : "native";
    const std::string right = columns_ >= kVeryNarrow ? format("{} {}", badge, seconds) : seconds;
    return spread(step_name(names_[step.id.index]), right);
}

std::vector<std::string> Region::output_of(const RunningStep& step, std::size_t most) const {
    std::vector<std::string> lines(step.last.begin(), step.last.end());
    if (std::string current = step.output->current(); !current.empty()) lines.push_back(std::move(current));
    std::erase_if(lines, [](const std::string& line) { return line.empty(); });
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(std::min(most, lines.size())));
    for (std::string& line : lines)
        line = paint(runtime::cut_to_width("  | " + runtime::without_styles(line), columns_), kFaint, look_.colours);
    return lines;
}

std::string Region::transfer_line(const RunningTransfer& transfer) const {
    const runtime::Transfer& now = transfer.now;
    std::string right = format_bytes(now.done);
    if (now.total) right += format(" / {}", format_bytes(*now.total));
    const double rate = transfer.bytes_per_second(look_.at);
    if (rate > 0 && columns_ >= kVeryNarrow) right += "  " + rate_text(rate);
    return spread(runtime::as_one_line(now.what), right);
}

std::string Region::more(std::size_t steps, std::size_t transfers) const {
    std::string text;
    const auto add = [&](std::size_t count, std::string_view what) {
        if (count > 0) text += format("{}{} more {}{}", text.empty() ? "" : ", ", count, what, count == 1 ? "" : "s");
    };
    add(steps, "step");
    add(transfers, "transfer");
    return runtime::cut_to_width(text, columns_);
}

// Rows for the output of each step: the same for all, as long as there are any.
std::vector<std::size_t> Region::share_rows(std::size_t steps, std::size_t rows) const {
    std::vector<std::size_t> shares(steps, 0), wanted;
    for (std::size_t i = 0; i < steps; ++i) wanted.push_back(output_of(state_.running()[i], kMostOutput).size());
    for (std::size_t round = 0; round < kMostOutput; ++round)
        for (std::size_t i = 0; i < steps && rows > 0; ++i)
            if (shares[i] < wanted[i]) ++shares[i], --rows;
    return shares;
}

std::vector<std::string> Region::draw() {
    if (state_.running().empty() && state_.transfers().empty() && !state_.exporting()) return {};
    std::size_t rows = look_.size.rows > 2 ? look_.size.rows - 2 : 1;
    std::vector<std::string> lines{paint(counts(), "1", look_.colours)};
    --rows;
    if (state_.exporting() && rows > 0) {
        lines.push_back(runtime::cut_to_width("writing " + runtime::as_one_line(*state_.exporting()), columns_));
        --rows;
    }
    const std::size_t wanted = state_.running().size() + state_.transfers().size();
    const std::size_t shown = wanted <= rows ? wanted : rows > 0 ? rows - 1 : 0;
    const std::size_t steps = std::min(state_.running().size(), shown);
    const std::size_t transfers = shown - steps;
    const bool counts_more = shown < wanted && rows > 0;
    const std::vector<std::size_t> shares = share_rows(steps, rows - shown - (counts_more ? 1 : 0));
    for (std::size_t i = 0; i < steps; ++i) {
        lines.push_back(step_line(state_.running()[i]));
        for (std::string& line : output_of(state_.running()[i], shares[i])) lines.push_back(std::move(line));
    }
    auto transfer = state_.transfers().begin();
    for (std::size_t i = 0; i < transfers; ++i) lines.push_back(transfer_line((transfer++)->second));
    if (counts_more) lines.push_back(more(state_.running().size() - steps, state_.transfers().size() - transfers));
    return lines;
}

}  // namespace

std::vector<std::string> draw_region(const BuildState& state, const std::vector<StepName>& names, const RegionLook& look) {
    return Region(state, names, look).draw();
}

std::string paint(std::string_view text, std::string_view style, runtime::Colours colours) {
    if (colours == runtime::Colours::No || text.empty()) return std::string(text);
    return format("\x1b[{}m{}\x1b[0m", style, text);
}

}  // namespace mabplan::tools
