// Rows of text in columns, for standard output. Does not know what they say.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace mabplan::tools {

enum class Align { Left, Right };

struct TableColumn {
    std::string title;
    Align align = Align::Left;
};

class Table {
public:
    explicit Table(std::vector<TableColumn> columns) : columns_(std::move(columns)) {}
    // As many cells as there are columns. What controls are in them is gone.
    void add(std::vector<std::string> cells);
    bool empty() const { return rows_.empty(); }
    // With a line of titles, if it has rows. `width`: columns of the terminal, at which lines are cut; 0: they are not.
    std::string text(std::size_t width) const;

private:
    std::vector<TableColumn> columns_;
    std::vector<std::vector<std::string>> rows_;
};

// Of the terminal that standard output is; 0 if it is none.
std::size_t width_of_standard_output();

}  // namespace mabplan::tools
