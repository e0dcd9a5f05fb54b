#include "tools/terminal/table.h"

#include "plans/base/text.h"
#include "runtime/log/styled_text.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace mabplan::tools {

namespace {

constexpr std::size_t kGap = 2;  // blanks between columns

std::string line_of(const std::vector<TableColumn>& columns, const std::vector<std::size_t>& widths, const std::vector<std::string>& cells,
                    std::size_t width) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) line.append(kGap, ' ');
        if (columns[i].align == Align::Right) line.append(widths[i] - runtime::width_of(cells[i]), ' ') += cells[i];
        else line += runtime::pad_to_width(cells[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return (width == 0 ? line : runtime::cut_to_width(line, width)) + "\n";
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
    for (std::string& cell : cells) cell = runtime::as_one_line(cell);
    rows_.push_back(std::move(cells));
}

std::string Table::text(std::size_t width) const {
    if (rows_.empty()) return {};
    std::vector<std::string> titles;
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        titles.push_back(to_upper(columns_[i].title));
        widths.push_back(runtime::width_of(titles.back()));
        for (const auto& row : rows_) widths[i] = std::max(widths[i], runtime::width_of(row[i]));
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
