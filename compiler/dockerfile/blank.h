// What separates words in an instruction and in a shell's word, as Go's unicode.IsSpace has it for ASCII.
#pragma once

namespace mabplan::compiler {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'; }

}  // namespace mabplan::compiler
