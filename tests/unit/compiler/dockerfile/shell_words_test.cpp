#include "compiler/dockerfile/shell_words.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

const std::vector<std::string> kEnvironment{"NAME=old",        "NAME=world",    "EMPTY=",         "BARE", "PATHS=/usr/bin:/bin",
                                            "FILE=a/b.tar.gz", "BLANKS= x  y ", "\xc3\xa4=umlaut"};

std::string expand(std::string_view word, const WordRules& rules = {}) {
    auto expanded = expand_word(word, VariableList(kEnvironment), rules);
    return expanded ? *expanded : "error: " + expanded.error().message;
}

std::string words(std::string_view text, const WordRules& rules = {}) {
    const auto expanded = expand_words(text, VariableList(kEnvironment), rules);
    if (!expanded) return "error: " + expanded.error().message;
    std::string out;
    for (const std::string& word : *expanded) out += "[" + word + "]";
    return out;
}

std::string nested(int levels) {
    std::string text = "x";
    for (int i = 0; i < levels; ++i) text = "${NONE:-" + text + "}";
    return text;
}

}  // namespace

TEST_CASE("variables") {
    CHECK(expand("hello $NAME") == "hello world");
    CHECK(expand("hello-${NAME}s") == "hello-worlds");
    CHECK(expand("$NONE|$EMPTY|$BARE|") == "|||");
    CHECK(expand("$NAME.$") == "world.$");
    CHECK(expand("$.x $ y") == "$.x $ y");
    CHECK(expand("a$1b$@c$#") == "abc");
    CHECK(expand("$\xc3\xa4!") == "umlaut!");
    CHECK(expand("$NAME\xe2\x80\xa6") == "world\xe2\x80\xa6");  // an ellipsis is no letter
    CHECK(expand("$NAME\xff") == "world\xff");
}

TEST_CASE("quotes and escapes") {
    CHECK(expand("'$NAME' \"$NAME\" \\$NAME") == "$NAME world $NAME");
    CHECK(expand("\"a\\\"b\\$c\\d\\\\\"") == "a\"b$c\\d\\");
    CHECK(expand("a\\ b\\") == "a b");
    CHECK(expand("'it'\"'\"'s'") == "it's");
    CHECK(expand("'open") == "error: the single quote before \"open\" is never closed");
    CHECK(expand("\"open $NAME") == "error: the double quote before \"open $NAME\" is never closed");
    CHECK(expand("size=12\"") == "error: the double quote after \"size=12\" is never closed");
    CHECK(expand("dogs'") == "error: the single quote after \"dogs\" is never closed");
    CHECK(expand("'") == "error: the single quote before \"\" is never closed");
    WordRules backtick;
    backtick.escape = '`';
    CHECK(expand("c:\\x `$NAME", backtick) == "c:\\x $NAME");
}

TEST_CASE("quotes as text, as in the body of a heredoc") {
    WordRules body;
    body.quotes = Quotes::Text;
    CHECK(expand("it's \"$NAME\" \\$NAME", body) == "it's \"world\" $NAME");
}

TEST_CASE("defaults, alternatives, demands") {
    CHECK(expand("${NONE:-a}${NONE-b}${EMPTY:-c}${EMPTY-d}${NAME:-e}") == "abcworld");
    CHECK(expand("${NONE:+a}${EMPTY:+b}${EMPTY+c}${NAME:+d}") == "cd");
    CHECK(expand("${NONE:-${EMPTY:-$NAME}}") == "world");
    CHECK(expand("${NONE:-\"a b\"}") == "a b");
    CHECK(expand("${NAME:?no}${EMPTY?no}") == "world");
    CHECK(expand("${EMPTY:?say $NAME}") == "error: EMPTY: say world");
    CHECK(expand("${NONE?}") == "error: NONE: must be set");
    CHECK(expand("${EMPTY:?}") == "error: EMPTY: must not be empty");
}

TEST_CASE("prefixes, suffixes, replacements") {
    CHECK(expand("${PATHS#*/} ${PATHS##*/} ${PATHS%/*} ${PATHS%%/*}|") == "usr/bin:/bin bin /usr/bin: |");
    CHECK(expand("${FILE%.*} ${FILE%%.*} ${FILE#?/}") == "a/b.tar a/b b.tar.gz");
    CHECK(expand("${PATHS/bin/lib} ${PATHS//bin/lib}") == "/usr/lib:/bin /usr/lib:/lib");
    CHECK(expand("${FILE/\\//-} ${FILE//./}") == "a-b.tar.gz a/btargz");
    CHECK(expand("${NONE#x}${NONE/x/y}") == "");
    CHECK(expand("${FILE#\\x}") == "error: the pattern \"\\\\x\" escapes \"x\": a backslash may stand before *, ?, \\, } and / only");
}

TEST_CASE("broken substitutions say what is missing") {
    CHECK(expand("a${NAME") == "error: \"}\" is missing at the end of \"${NAME\"");
    CHECK(expand("${NAME:-x") == "error: \"}\" is missing after \"x\"");
    CHECK(expand("${NAME/x}") == "error: \"/\" is missing after \"x}\"");
    CHECK(expand("${}") == "error: bad substitution: \"${}\" names no variable");
    CHECK(expand("${NAME:=x}") == "error: unsupported modifier \":=\" in \"${NAME:=x}\"");
    CHECK(expand("${NAME:#x}") == "error: unsupported modifier \":#\" in \"${NAME:#x}\"");
    const auto failed = expand_word("${", NoVariables());
    REQUIRE(!failed.has_value());
    CHECK(failed.error().context == std::vector<std::string>{"expanding \"${\""});
}

TEST_CASE("splitting") {
    CHECK(words("a  b\tc") == "[a][b][c]");
    CHECK(words("a$BLANKS'b c'\"$BLANKS\"") == "[a][x][y][b c x  y ]");
    CHECK(words("a\\ b '' c") == "[a b][c]");
    CHECK(words("x${NONE:-1 2}y") == "[x1][2y]");
    CHECK(words("cat << EOF <<-A") == "[cat][<< EOF][<<-A]");
    WordRules raw{'\\', Quotes::Keep, Escapes::Keep, UnsetVariables::Keep};
    CHECK(words("a\\ b 'c d' $NONE ${NONE} ${NONE:-x} ${NONE#y} ${NONE/a/b}", raw) ==
          "[a\\ b]['c d'][$NONE][${NONE}][${NONE:-x}][${NONE#y}][${NONE/a/b}]");
}

TEST_CASE("names looked up are reported") {
    NamesUsed names;
    CHECK(expand_word("$NAME ${NONE:-$OTHER} ${EMPTY+x}", VariableList(kEnvironment), {}, &names).has_value());
    CHECK(names.found == std::set<std::string>{"EMPTY", "NAME"});
    CHECK(names.missing == std::set<std::string>{"NONE", "OTHER"});
}

TEST_CASE("bounds") {
    CHECK(expand(nested(kMaxSubstitutionDepth)) == "x");
    CHECK(expand(nested(kMaxSubstitutionDepth + 1)) == "error: ${…} is nested more than 100 levels deep");
    const std::vector<std::string> large{"A=" + std::string(1U << 20U, 'a')};
    std::string text;
    for (int i = 0; i < 17; ++i) text += "$A";
    const auto expanded = expand_word(text, VariableList(large));
    REQUIRE(!expanded.has_value());
    CHECK(expanded.error().message == "an expansion yields more than 16777216 bytes");
    const auto replaced = expand_word("${A//a/0123456789abcdefghij}", VariableList(large));
    REQUIRE(!replaced.has_value());
    CHECK(replaced.error().message == "a substitution yields more than 16777216 bytes");
    const auto costly = expand_word("${A//*b/}", VariableList(large));
    REQUIRE(!costly.has_value());
    CHECK(costly.error().message == "the pattern is too costly to match against so long a value");
}

TEST_CASE("words of ENV and LABEL keep quotes and escapes") {
    using Words = std::vector<std::string>;
    CHECK(split_words(" a=b  c='d e' f=\"g \\\" h\" i\\ j ", '\\') == Words{"a=b", "c='d e'", "f=\"g \\\" h\"", "i\\ j"});
    CHECK(split_words("a='b\\' c", '\\') == Words{"a='b\\'", "c"});
    CHECK(split_words("a\\", '\\') == Words{"a"});
    CHECK(split_words("a` b", '`') == Words{"a` b"});
    CHECK(split_words("  ", '\\').empty());
}
