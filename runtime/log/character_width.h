// How many columns of a terminal a character takes. Knows no locale: the answer is the same on every host.
#pragma once

namespace mabplan::runtime {

// 0 (joins the character before it), 1 or 2. Of no use for control characters, which stand nowhere.
int character_width(char32_t character);

}  // namespace mabplan::runtime
