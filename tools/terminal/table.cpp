#include "tools/terminal/table.h"

#include "plans/base/text.h"
#include "runtime/log/styled_text.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace mabplan::tools {

namespace {

constexpr std::size_t kGap = 2;  // blanks between columns

std::string line_of(const std::vector<TableColumn>& columns, const std::vector<std::size_t>& widths, const std::vector<std::string>& cells,
                    std::size_t width) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string text = runtime::as_one_line(cells[i]);
        const std::string blanks(widths[i] - std::min(widths[i], runtime::width_of(text)), ' ');
        if (i > 0) line.append(kGap, ' ');
        line += columns[i].align == Align::Right ? blanks + text : text + blanks;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return (width == 0 ? line : runtime::cut_to_width(line, width)) + "\n";
}

}  // namespace

std::string Table::text(std::size_t width) const {
    if (rows_.empty()) return {};
    std::vector<std::string> titles;
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        titles.push_back(to_upper(columns_[i].title));
        widths.push_back(runtime::width_of(titles.back()));
        for (const auto& row : rows_) widths[i] = std::max(widths[i], runtime::width_of(runtime::as_one_line(row[i])));
    }
    std::string text = line_of(columns_, widths, titles, width);
    for (const auto& row : rows_) text += line_of(columns_, widths, row, width);
    return text;
}

std::size_t width_of_standard_output() {
    winsize size{};
    return ::isatty(STDOUT_FILENO) != 0 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace mabplan::tools
