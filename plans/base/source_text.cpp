#include "plans/base/source_text.h"

#include "plans/base/format.h"

#include <algorithm>

namespace mabplan {

SourceText::SourceText(std::string name, std::string content) : name_(std::move(name)), content_(std::move(content)) {
    line_starts_.push_back(0);
    for (std::size_t at = content_.find('\n'); at != std::string::npos; at = content_.find('\n', at + 1))
        if (at + 1 < content_.size()) line_starts_.push_back(at + 1);
}

std::string_view SourceText::line(std::size_t number) const {
    if (number == 0 || number > line_starts_.size()) return {};
    const std::size_t begin = line_starts_[number - 1];
    const std::size_t end = number < line_starts_.size() ? line_starts_[number] : content_.size();
    std::string_view found(content_.data() + begin, end - begin);
    while (!found.empty() && (found.back() == '\n' || found.back() == '\r')) found.remove_suffix(1);
    return found;
}

std::string format_place(const SourcePlace& place) {
    if (!place.text) return {};
    const std::string& name = place.text->name();
    if (place.line == 0) return name;
    if (place.column == 0) return format("{}:{}", name, place.line);
    return format("{}:{}:{}", name, place.line, place.column);
}

namespace {

constexpr std::size_t kWidestExcerptLine = 160;
constexpr std::size_t kMostLinesBefore = 10, kMostLinesBehind = 20;

std::string visible(std::string_view line) {
    std::string out;
    for (const char c : line.substr(0, kWidestExcerptLine)) {
        if (c == '\t') out += ' ';
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) out += '?';
        else out += c;
    }
    if (line.size() > kWidestExcerptLine) out += "…";
    return out;
}

}  // namespace

std::string format_excerpt(const SourcePlace& place, std::size_t context_lines) {
    if (!place.text || place.line == 0) return {};
    const std::size_t first = place.first(), last = place.last();
    const std::size_t begin = first > context_lines ? first - context_lines : 1;
    const std::size_t end = std::min(place.text->line_count(), last + context_lines);
    // of what is long, the lines around the place itself
    const std::size_t from = std::max(begin, place.line > kMostLinesBefore ? place.line - kMostLinesBefore : 1);
    const std::size_t to = std::min(end, place.line + kMostLinesBehind);
    std::string out;
    if (from > begin) out += format("       …  {} lines more\n", from - begin);
    for (std::size_t number = from; number <= to; ++number) {
        const bool marked = number >= first && number <= last;
        out += format("{} {:>4} | {}\n", marked ? '>' : ' ', number, visible(place.text->line(number)));
        if (number != place.line || place.column == 0 || place.column > kWidestExcerptLine) continue;
        const std::size_t room = kWidestExcerptLine - place.column + 1;
        out +=
            format("       | {}{}\n", std::string(place.column - 1, ' '), std::string(std::clamp<std::size_t>(place.width, 1, room), '^'));
    }
    if (to < end) out += format("       …  {} lines more\n", end - to);
    return out;
}

}  // namespace mabplan
