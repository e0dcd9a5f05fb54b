// Here-documents of RUN, COPY and ADD: "<<EOF", "<<-EOF", "<<'EOF'", "3<<EOF" (BuildKit, Dockerfile reference, "Here-Documents").
// Knows their start words; does not collect their lines.
#pragma once

#include "plans/base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

struct Heredoc {
    std::string name;     // the delimiter, quotes removed
    std::string content;  // the lines between, with their line ends; leading tabs still there
    bool expand = true;   // false: some part of the delimiter was quoted
    bool chomp = false;   // "<<-": leading tabs are to be removed
    unsigned fd = 0;      // the digits before "<<"

    std::string text() const;  // the content as its reader sees it: without leading tabs if `chomp`
};

// One shell word, quotes and escapes still in it: the heredoc that it starts, or nothing. An error for a broken quote.
Result<std::optional<Heredoc>> parse_heredoc_word(std::string_view word);
// The heredocs that a line opens, in order, their content empty.
Result<std::vector<Heredoc>> find_heredocs(std::string_view line);
std::string remove_leading_tabs(std::string_view content);

}  // namespace mabplan::compiler
