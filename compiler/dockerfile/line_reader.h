// From the text of a Dockerfile to logical lines: continuations joined, comments and blank lines inside them dropped, every byte still
// knowing its place. Knows the escape character; does not know what an instruction is.
#pragma once

#include "compiler/dockerfile/directives.h"
#include "plans/base/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

// Bounds of a Dockerfile. The first is BuildKit's.
inline constexpr std::size_t kMaxLineBytes = 65535;
inline constexpr std::size_t kMaxDockerfileBytes = 16U << 20U;

// A stretch of a logical line that stands on one physical line.
struct LineSegment {
    std::size_t offset = 0;  // in LogicalLine::text
    std::size_t line = 0;    // from 1
    std::size_t column = 1;  // of the byte at `offset`, from 1
};

struct LogicalLine {
    std::string text;  // joined, without line ends, without white space at its start
    std::size_t first_line = 0;
    std::size_t last_line = 0;
    std::vector<LineSegment> segments;  // ascending offsets, the first is 0
    std::vector<std::string> comments;  // comment lines above, since the last instruction or empty comment; "#" and blanks removed
    bool has_blank_line = false;        // a blank line inside a continuation

    // The place of `width` bytes from `offset` on. The width is cut at the end of the physical line.
    SourcePlace place(const SourceTextPtr& source, std::size_t offset, std::size_t width) const;
    // Where `piece` stands at or behind `from`, npos if nowhere or empty: as a word of its own if it does, else inside of another.
    std::size_t find(std::string_view piece, std::size_t from) const;
    // The part from `offset` on, as a line of its own.
    LogicalLine from(std::size_t offset) const;
};

class LineReader {
public:
    explicit LineReader(SourceTextPtr source);

    // The next logical line, nothing at the end. After an error reading can go on with the next line.
    Result<std::optional<LogicalLine>> next();
    // The raw lines from here to the one that is `terminator` (leading tabs aside if `strip_tabs`), with their line ends; nothing if
    // the text ends before. The terminator line is consumed.
    Result<std::optional<std::string>> heredoc_body(std::string_view terminator, bool strip_tabs);

    char escape() const { return escape_; }
    const std::vector<Directive>& directives() const { return directives_.found(); }
    std::size_t line_number() const { return line_; }  // of the last physical line read; 0 before the first
    bool at_end() const { return position_ >= source_->content().size(); }

private:
    struct PhysicalLine {
        std::string_view text;   // without its line end
        std::string_view raw;    // with it
        std::size_t column = 1;  // of its first byte: not 1 after a byte order mark
        bool too_long = false;
    };

    PhysicalLine take();
    Failure too_long_error() const;
    Result<bool> take_directive(std::string_view text);
    void note_comment(std::string_view text);
    Result<std::optional<LogicalLine>> join_from(PhysicalLine physical);
    bool append(LogicalLine& line, const PhysicalLine& physical) const;

    SourceTextPtr source_;
    std::size_t position_ = 0;
    std::size_t line_ = 0;
    char escape_ = '\\';
    DirectiveReader directives_;
    std::vector<std::string> comments_;
};

}  // namespace mabplan::compiler
