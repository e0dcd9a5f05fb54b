#include "compiler/dockerfile/ignore_file.h"

#include "plans/base/text.h"
#include "plans/tree/ignore_lines.h"

namespace mabplan::compiler {

namespace {

SourcePlace place_of_line(const SourceTextPtr& source, std::size_t number) {
    const std::string_view line = source->line(number);
    const std::string_view text = trim(line);
    return {source, number, static_cast<std::size_t>(text.data() - line.data()) + 1, text.size(), 0};
}

}  // namespace

Result<PatternList> parse_ignore_file(const SourceTextPtr& source) {
    const std::vector<IgnoreLine> lines = read_numbered_ignore_lines(source->content());
    std::vector<std::string> patterns;
    for (const IgnoreLine& line : lines) patterns.push_back(line.pattern);
    auto compiled = PatternList::compile(patterns);
    if (compiled) return compiled;
    for (const IgnoreLine& line : lines)
        if (auto alone = PatternList::compile({line.pattern}); !alone)
            return pass(std::move(alone).error().at(place_of_line(source, line.number)));
    return compiled;
}

}  // namespace mabplan::compiler
