// Text that holds no control codes but styles (`ESC [ … m`), as OutputLines makes it: measured in columns, cut, freed of styles.
#pragma once

#include "runtime/log/text_style.h"

#include <string>
#include <string_view>

namespace mabplan::runtime {

std::size_t width_of(std::string_view text);  // columns
// The text if it is not wider, else its beginning with "..." behind it (where there is room for that); styles end with it.
std::string cut_to_width(std::string_view text, std::size_t columns);
// The same, and blanks behind it up to the width.
std::string pad_to_width(std::string_view text, std::size_t columns);
std::string without_styles(std::string_view text);
// Text that a program of others may have had a hand in, as one line for a terminal: what controls are in it is gone.
std::string as_one_line(std::string_view text);

}  // namespace mabplan::runtime
