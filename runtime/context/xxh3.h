// XXH3, for finding damage in our own files: the one door to xxhash. Not a content hash.
#pragma once

#include <cstdint>
#include <string_view>

namespace mabplan::runtime {

std::uint64_t xxh3_64(std::string_view bytes);

}  // namespace mabplan::runtime
