// The patterns of ${v#p}, ${v%p} and ${v/p/r}: "*" any run of characters, "?" exactly one, neither over a line feed; a backslash may only
// precede "*", "?", "\", "}" or "/"; all else is literal (BuildKit; POSIX without bracket expressions). Characters are UTF-8 code points.
#pragma once

#include "plans/base/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

class ShellPattern {
public:
    enum class Extent { Shortest, Longest };
    enum class Occurrences { First, All };

    // An error for a backslash before any other character.
    static Result<ShellPattern> parse(std::string_view pattern);

    // The value without the matching prefix or suffix; unchanged where nothing matches. Every operation is refused when it would take
    // more than a bounded number of steps, or when its result would be larger than `kMaxExpandedBytes`.
    Result<std::string> remove_prefix(std::string_view value, Extent extent) const;
    Result<std::string> remove_suffix(std::string_view value, Extent extent) const;
    // Leftmost matches, each as long as possible. An empty match directly behind a match does not count.
    Result<std::string> replace(std::string_view value, std::string_view replacement, Occurrences occurrences) const;

private:
    enum class TokenKind { Literal, One, Run };
    struct Token {
        TokenKind kind;
        std::string literal;  // one character
    };
    using Characters = std::vector<std::string_view>;
    struct Work;

    std::optional<std::size_t> match_at(const Characters& value, std::size_t start, Extent extent, Work& work) const;
    void advance(std::string_view character, std::vector<char>& states) const;
    void pass_runs(std::vector<char>& states) const;

    std::vector<Token> tokens_;
};

// The text as characters: UTF-8 sequences, and each byte that belongs to none by itself.
std::vector<std::string_view> split_characters(std::string_view text);

}  // namespace mabplan::compiler
