// A named text (a Dockerfile, a mabplan.yaml) and places in it. Knows lines and columns; does not know what the text means.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

// The whole of one input file, kept for excerpts in messages. Lines are numbered from 1.
class SourceText {
public:
    SourceText(std::string name, std::string content);

    const std::string& name() const { return name_; }
    const std::string& content() const { return content_; }
    std::size_t line_count() const { return line_starts_.size(); }
    // The text of a line without its line end; empty for a line that does not exist.
    std::string_view line(std::size_t number) const;

private:
    std::string name_;
    std::string content_;
    std::vector<std::size_t> line_starts_;
};

using SourceTextPtr = std::shared_ptr<const SourceText>;

// A range inside a text: first and last line, and on the first line the column (from 1, in bytes) and the width to underline.
// Column 0 means the whole line.
struct SourcePlace {
    SourceTextPtr text;
    std::size_t line = 0;
    std::size_t column = 0;
    std::size_t width = 1;
    std::size_t last_line = 0;   // 0: the same as `line`
    std::size_t first_line = 0;  // of the whole that the place is a part of, if that begins before `line`; 0: it does not

    std::size_t first() const { return first_line != 0 && first_line < line ? first_line : line; }
    std::size_t last() const { return last_line > line ? last_line : line; }
};

// "name:line:col" (or "name:line" where the column is not known).
std::string format_place(const SourcePlace& place);

// The lines around the place with line numbers, the failing ones marked with '>' and a caret row below the first of them.
std::string format_excerpt(const SourcePlace& place, std::size_t context_lines = 2);

}  // namespace mabplan
