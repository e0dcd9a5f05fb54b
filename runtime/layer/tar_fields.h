// Fields of a tar's header block, read as they stand there (IEEE 1003.1, pax, "ustar Interchange Format"). Does not know entries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mabplan::runtime {

struct TarField {
    std::size_t at;
    std::size_t bytes;
    std::string_view in(std::string_view header) const { return header.substr(at, bytes); }
};
inline constexpr TarField kTarSize{124, 12}, kTarChecksum{148, 8};
inline constexpr std::size_t kTarTypeAt = 156;

// Octal digits, blanks before them; or what GNU tar writes where they are too few, in base 256. 0 for other texts.
std::uint64_t tar_number(std::string_view field);
// Of the first block of what is given: the sum of its bytes, those of the checksum taken for blanks.
unsigned tar_checksum(std::string_view header);
bool is_tar_header(std::string_view block);

}  // namespace mabplan::runtime
