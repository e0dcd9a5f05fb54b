// Colours and emphasis of text on a terminal, as a value: read from what programs print, and written anew in one form. What else a
// program may ask of a terminal (blinking, hidden text) is no part of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mabplan::runtime {

enum class Colours { No, Yes };

struct TextStyle {
    enum Attribute : std::uint8_t { Bold = 1, Faint = 2, Italic = 4, Underlined = 8, Inverse = 16, Struck = 32 };

    // 0: the terminal's own; 1 + n: n of its palette of 256; with the highest bit: 0xRRGGBB
    std::uint32_t foreground = 0;
    std::uint32_t background = 0;
    std::uint8_t attributes = 0;
    bool operator==(const TextStyle&) const = default;
};

// What `style` becomes with the parameters of a "select graphic rendition" (ECMA-48 8.3.117; colours also as in ISO 8613-6), "1;31".
void apply_parameters(std::string_view parameters, TextStyle& style);
// The sequence that sets this style, whatever was set before.
std::string style_code(const TextStyle& style);

}  // namespace mabplan::runtime
