// Texts that mean to be a JSON array of strings and are none: where they break, and what belongs there (RFC 8259). The language takes such
// a text for plain words without a word; this is what lets it be said. Does not know instructions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan::compiler {

struct ArrayBreak {
    std::size_t offset = 0;  // in the text
    std::size_t width = 1;
    std::string expected;  // "a string in double quotes is expected"
};

// Where the text, which begins with "[", stops being a JSON array of strings; nothing if it is one.
std::optional<ArrayBreak> find_array_break(std::string_view text);

// What a text that begins with "[" may be else.
enum class Otherwise {
    Command,  // of a shell, to which "[" is a command: `[ -f x ] && y`, `[ "$a" = b ]`
    Pattern,  // of file names: `[ab]*.txt`
    Nothing,  // the text was meant as an array
};

// Whether whoever wrote the text meant an array: a quote right behind the bracket (also a typographic or an escaped one), quoted words
// with commas between them, or words in brackets that end the text.
bool means_array(std::string_view text, Otherwise otherwise);

}  // namespace mabplan::compiler
