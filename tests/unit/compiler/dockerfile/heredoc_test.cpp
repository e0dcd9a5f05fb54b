#include "compiler/dockerfile/heredoc.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

Heredoc start(std::string_view word) {
    auto heredoc = parse_heredoc_word(word);
    REQUIRE_MESSAGE(heredoc.has_value(), word);
    REQUIRE_MESSAGE(heredoc->has_value(), word);
    return **heredoc;
}

bool is_none(std::string_view word) { return !parse_heredoc_word(word).value().has_value(); }

std::vector<std::string> names(std::string_view line) {
    std::vector<std::string> found;
    const auto heredocs = find_heredocs(line);
    REQUIRE(heredocs.has_value());
    for (const Heredoc& each : *heredocs) found.push_back(each.name);
    return found;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a start word gives delimiter, descriptor, tabs and expansion") {
    CHECK(start("<<END").name == "END");
    CHECK(start("<<END").expand);
    CHECK(start("12<<-END").fd == 12);
    CHECK(start("12<<-END").chomp);
    CHECK(start("<<  END").name == "END");
    CHECK(start("<< -END").name == "-END");
    CHECK(!start("<<'END'").expand);
    CHECK(!start("<<E\"ND\"").expand);
    CHECK(start("<<E\\'ND").expand);
    CHECK(start("<<E\\'ND").name == "E'ND");
    CHECK(start("<<$X").name == "$X");
}

TEST_CASE("other words are none") {
    for (const char* word : {"", "<", "<<", "<<-", "<<-  ", "<<<a", "a<<b", "<<a b", "<<''", "x"}) CHECK_MESSAGE(is_none(word), word);
    CHECK(!parse_heredoc_word("<<'a").has_value());
    const auto high = parse_heredoc_word("99999999999999999999<<A");
    REQUIRE(!high.has_value());
    CHECK(high.error().message == "99999999999999999999 is no file descriptor for a heredoc");
}

TEST_CASE("a line may open several, quoted ones are text") {
    CHECK(names("RUN cat <<A 3<<'B' > /x && cat << C") == Names{"A", "B", "C"});
    CHECK(names("RUN cat <<- A") == Names{"A"});
    CHECK(names("RUN echo '<<A' \"<<B\" x<<C").empty());
    CHECK(names("RUN echo don't <<A").empty());
    CHECK(names("RUN cat <<<A").empty());
}

TEST_CASE("<<- removes the tabs of each line") {
    CHECK(remove_leading_tabs("\t\ta\n\n \tb\n\tc\td") == "a\n\n \tb\nc\td");
    Heredoc heredoc{"A", "\ta\n", true, true, 0};
    CHECK(heredoc.text() == "a\n");
    heredoc.chomp = false;
    CHECK(heredoc.text() == "\ta\n");
}
