// One path pattern, compiled: a literal head and tail that are compared as bytes, and between them a small automaton that never
// backtracks. Knows one pattern; what a list of them means is PatternList's.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

enum class GlobDialect {
    Match,   // Go's filepath.Match: "**" is "*"
    Ignore,  // patternmatcher: "**" crosses directories
};

class Glob {
public:
    // Input errors: an unclosed or empty class, a class range without an end (or, for Ignore, a reversed one), a trailing backslash.
    static Result<Glob> compile(std::string_view pattern, GlobDialect dialect);

    bool matches(std::string_view path) const;
    // True if a path below the directory could match.
    bool may_match_below(std::string_view directory) const;

private:
    friend class GlobParser;
    friend class GlobRun;
    enum class TokenKind : std::uint8_t {
        Literal,      // this character
        AnyChar,      // ?  : one character but '/'
        AnyName,      // *  : characters but '/', also none
        AnyText,      // ** at the end: all characters, also none
        AnyDepth,     // ** elsewhere: nothing, or what the next token says
        DepthInside,  // any characters, then '/'
        Class,        // [a-z]
    };
    enum class Shape : std::uint8_t {
        Exact,     // head
        Affixes,   // head, anything, tail
        NameGap,   // head, anything without '/', tail
        DepthGap,  // head, nothing or anything that ends with '/', tail
        General,
    };
    struct Range {
        char32_t low;
        char32_t high;
    };
    struct CharacterClass {
        bool negated = false;
        std::vector<Range> ranges;
    };
    struct Token {
        TokenKind kind;
        char32_t value;  // the character, or the index of the class
    };

    void split_literals();
    static bool class_holds(const CharacterClass& set, char32_t c);

    std::vector<Token> tokens_;
    std::vector<CharacterClass> classes_;
    std::string head_, tail_;
    std::size_t first_ = 0, last_ = 0;  // the tokens between head and tail
    Shape shape_ = Shape::Exact;
};

}  // namespace mabplan
