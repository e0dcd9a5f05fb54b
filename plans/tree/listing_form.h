// What writing, reading and comparing listings have in common: how one begins, and in which order its lines stand.
#pragma once

#include "plans/tree/listing.h"

#include <string_view>
#include <vector>

namespace mabplan {

inline constexpr std::string_view kListingHeader = "listing 1\n";
inline constexpr char kParentLetter = 'D';  // in place of the type: a directory that is there for what is in it

// By path; equal ones in the order in which they were given.
std::vector<const ListedEntry*> ordered_by_path(const std::vector<ListedEntry>& entries);

}  // namespace mabplan
