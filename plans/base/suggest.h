// "Did you mean": the nearest of the known words.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace mabplan {

std::size_t edit_distance(std::string_view a, std::string_view b);  // insert, delete, replace, swap neighbours; ASCII case ignored

// The nearest known word at a distance below 3 (and shorter than the word itself); empty if there is none.
std::string nearest_word(std::string_view word, std::span<const std::string> known);
// `did you mean "x"?`, or empty.
std::string suggestion(std::string_view word, std::span<const std::string> known);

}  // namespace mabplan
