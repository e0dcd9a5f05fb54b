#include "compiler/lint/region.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

// The characters that begin in the first `bytes` of a text: bytes that continue one in UTF-8 don't count.
std::size_t count_characters(std::string_view text, std::size_t bytes) {
    const std::string_view part = text.substr(0, std::min(bytes, text.size()));
    return static_cast<std::size_t>(
        std::count_if(part.begin(), part.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

}  // namespace

std::optional<Region> region_of(const SourcePlace& place) {
    if (!place.text || place.line == 0) return std::nullopt;
    if (place.column == 0) return Region{place.line, 0, std::max(place.line, place.last_line), 0};
    const std::string_view line = place.text->line(place.line);
    const std::size_t begin = count_characters(line, place.column - 1) + 1;
    const std::size_t end = std::max(begin + 1, count_characters(line, place.column - 1 + place.width) + 1);
    return Region{place.line, begin, place.line, end};
}

}  // namespace mabplan::compiler
