#include "compiler/dockerfile/line_reader.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";

std::string_view trim_left(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(kWhiteSpace);
    return begin == std::string_view::npos ? std::string_view{} : text.substr(begin);
}

// Takes an escape character and the blanks behind it off the end; false if there is none. An escape character that another one
// precedes is none (BuildKit, parser, line continuation).
bool drop_continuation(std::string_view& text, char escape) {
    const std::size_t last = text.find_last_not_of(" \t");
    if (last == std::string_view::npos || text[last] != escape) return false;
    if (last > 0 && text[last - 1] == escape) return false;
    text = text.substr(0, last);
    return true;
}

}  // namespace

SourcePlace LogicalLine::place(const SourceTextPtr& source, std::size_t offset, std::size_t width) const {
    const auto after = std::upper_bound(segments.begin(), segments.end(), offset,
                                        [](std::size_t wanted, const LineSegment& each) { return wanted < each.offset; });
    if (after == segments.begin()) return {source, first_line, 0, 1, 0};
    const LineSegment& segment = *(after - 1);
    const std::size_t end = after == segments.end() ? text.size() : after->offset;
    const std::size_t room = end > offset ? end - offset : 1;
    return {source, segment.line, segment.column + (offset - segment.offset), std::clamp<std::size_t>(width, 1, room), 0};
}

std::size_t LogicalLine::find(std::string_view piece, std::size_t from) const {
    constexpr std::string_view kAroundWords = " \t\"',[]=:";
    if (piece.empty()) return std::string::npos;
    const auto ends_word = [&](std::size_t offset) {
        return offset >= text.size() || kAroundWords.find(text[offset]) != std::string_view::npos;
    };
    const std::size_t first = text.find(piece, from);
    for (std::size_t found = first; found != std::string::npos; found = text.find(piece, found + 1))
        if ((found == 0 || ends_word(found - 1)) && ends_word(found + piece.size())) return found;
    return first;
}

LogicalLine LogicalLine::from(std::size_t offset) const {
    LogicalLine part{text.substr(offset), first_line, last_line, {}, comments, has_blank_line};
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (i + 1 < segments.size() && segments[i + 1].offset <= offset) continue;
        const LineSegment& segment = segments[i];
        const std::size_t cut = offset > segment.offset ? offset - segment.offset : 0;
        part.segments.push_back({segment.offset + cut - offset, segment.line, segment.column + cut});
    }
    return part;
}

LineReader::LineReader(SourceTextPtr source) : source_(std::move(source)) {}

LineReader::PhysicalLine LineReader::take() {
    const std::string_view content = source_->content();
    const std::size_t end = std::min(content.find('\n', position_), content.size() - 1) + 1;
    PhysicalLine line;
    line.raw = content.substr(position_, end - position_);
    line.text = line.raw;
    while (!line.text.empty() && (line.text.back() == '\n' || line.text.back() == '\r')) line.text.remove_suffix(1);
    if (position_ == 0 && line.text.starts_with(kByteOrderMark)) {
        line.text.remove_prefix(kByteOrderMark.size());
        line.column += kByteOrderMark.size();
    }
    line.too_long = line.text.size() > kMaxLineBytes;
    position_ = end;
    ++line_;
    return line;
}

Failure LineReader::too_long_error() const {
    return input_error({source_, line_, 0, 1, 0}, format("dockerfile line greater than max allowed size of {}", kMaxLineBytes));
}

Result<bool> LineReader::take_directive(std::string_view text) {
    const SourcePlace place{source_, line_, 0, 1, 0};
    auto directive = directives_.read(text, line_);
    if (!directive) return fail(std::move(directive).error().at(place));
    if (!*directive) return false;
    if ((*directive)->name != "escape") return true;
    const std::string& value = (*directive)->value;
    if (value != "\\" && value != "`") return input_error(place, format("the escape character can be \\ or `, not {}", quoted(value)));
    escape_ = value[0];
    return true;
}

void LineReader::note_comment(std::string_view text) {
    const std::string_view comment = trim(text.substr(1));
    if (comment.empty()) comments_.clear();
    else comments_.emplace_back(comment);
}

Result<std::optional<LogicalLine>> LineReader::next() {
    while (!at_end()) {
        PhysicalLine physical = take();
        const std::string_view text = trim_left(physical.text);
        physical.column += physical.text.size() - text.size();
        physical.text = text;
        MABPLAN_TRY(is_directive, take_directive(text));
        if (is_directive || text.empty()) continue;
        if (text[0] != '#') return join_from(physical);
        note_comment(text);
    }
    return std::nullopt;
}

Result<std::optional<LogicalLine>> LineReader::join_from(PhysicalLine physical) {
    LogicalLine line;
    line.first_line = line_;
    line.comments = std::move(comments_);
    comments_.clear();
    std::optional<Failure> problem;
    if (physical.too_long) problem = too_long_error();
    bool more = append(line, physical);
    while (more && !at_end()) {
        physical = take();
        const std::string_view text = trim_left(physical.text);
        if (text.starts_with('#')) continue;
        if (physical.too_long && !problem) problem = too_long_error();
        if (text.empty()) line.has_blank_line = true;
        else more = append(line, physical);
    }
    line.last_line = line_;
    if (problem) return *std::move(problem);
    return line;
}

// Blanks count once the instruction has begun: an escape character alone on a line is not its beginning.
bool LineReader::append(LogicalLine& line, const PhysicalLine& physical) const {
    std::string_view text = line.text.empty() ? trim_left(physical.text) : physical.text;
    const std::size_t column = physical.column + (physical.text.size() - text.size());
    const bool more = drop_continuation(text, escape_);
    line.segments.push_back({line.text.size(), line_, column});
    line.text += text;
    return more;
}

Result<std::optional<std::string>> LineReader::heredoc_body(std::string_view terminator, bool strip_tabs) {
    std::string body;
    while (!at_end()) {
        const PhysicalLine physical = take();
        if (physical.too_long) return too_long_error();
        std::string_view text = physical.text;
        if (strip_tabs) text.remove_prefix(std::min(text.find_first_not_of('\t'), text.size()));
        if (text == terminator) return body;
        body += physical.raw;
    }
    return std::nullopt;
}

}  // namespace mabplan::compiler
