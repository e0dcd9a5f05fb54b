#include "runtime/log/character_width.h"

#include <doctest/doctest.h>

#include <initializer_list>

using mabplan::runtime::character_width;

TEST_CASE("letters take one column, ideographs and emoji two, marks none") {
    for (const char32_t one : {U'a', U'é', U'я', U'ﬁ', U'─', U'█', U'\uFFFD', U'€', U'\xAD'}) CHECK(character_width(one) == 1);
    for (const char32_t two : {U'漢', U'あ', U'한', U'Ａ', U'🚀', U'\U00020000'}) CHECK(character_width(two) == 2);
    for (const char32_t none : {U'\u0301', U'\u200B', U'\u200D', U'\uFE0F', U'\u20E3', U'\u1160'}) CHECK(character_width(none) == 0);
    CHECK(character_width(0x2FF) == 1);
    CHECK(character_width(0x300) == 0);
    CHECK(character_width(0x370) == 1);
    CHECK(character_width(0x10FFFF) == 1);
}
