#include "tools/terminal/screen_writer.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/log/styled_text.h"

#include <algorithm>
#include <utility>

namespace mabplan::tools {

namespace {

constexpr std::string_view kEraseBelow = "\x1b[J";
constexpr std::string_view kEraseLine = "\x1b[2K";
// A line of the region must not take two rows, however wide the terminal takes its characters for.
constexpr std::string_view kNoWrap = "\x1b[?7l";
constexpr std::string_view kWrap = "\x1b[?7h";

}  // namespace

std::string ScreenWriter::go_up(std::size_t rows) const { return rows == 0 ? "\r" : format("\r\x1b[{}A", rows); }

// On the screen as it is now.
std::size_t ScreenWriter::rows_drawn(const ScreenSize& size) const {
    if (shrinking_ == Shrinking::CutsLines || size.columns >= size_.columns || size.columns == 0) return region_.size();
    std::size_t rows = 0;
    for (const std::string& line : region_) rows += std::max<std::size_t>(1, (runtime::width_of(line) + size.columns - 1) / size.columns);
    return rows;
}

std::string ScreenWriter::drawn(const std::vector<std::string>& region) {
    if (region.empty()) return {};
    std::string text(kNoWrap);
    for (const std::string& line : region) text += line + "\r\n";
    return text.append(kWrap);
}

std::string ScreenWriter::update(const std::vector<std::string>& above, std::vector<std::string> region, const ScreenSize& size) {
    const bool starts_anew = !above.empty() || size != size_ || region_.size() != region.size();
    const std::size_t rows = rows_drawn(size);
    const std::vector<std::string> before = std::exchange(region_, std::move(region));
    size_ = size;
    if (starts_anew) {
        if (above.empty() && before.empty() && region_.empty()) return {};
        std::string text = before.empty() ? std::string() : go_up(rows) + std::string(kEraseBelow);
        for (const std::string& line : above) text += line + "\r\n";
        return text + drawn(region_);
    }
    if (before == region_) return {};
    std::string text = go_up(rows).append(kNoWrap);
    for (std::size_t i = 0; i < region_.size(); ++i) {
        if (region_[i] != before[i]) text.append(kEraseLine).append(region_[i]).append("\r");
        text += "\n";
    }
    return text.append(kWrap);
}

std::string ScreenWriter::print_above(std::string_view text) {
    if (region_.empty()) return std::string(text);
    std::vector<std::string> lines;
    for (const std::string_view line : split(text, '\n')) lines.emplace_back(line);
    if (!lines.empty() && lines.back().empty()) lines.pop_back();
    return update(lines, region_, size_);
}

}  // namespace mabplan::tools
