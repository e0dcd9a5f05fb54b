// A tar whose headers have the checksums that they should have: so that mutations of them are read.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>

namespace mabplan::tests {

// Every block with the magic of ustar or GNU counts as a header.
inline std::string sealed_tar(std::string tar) {
    constexpr std::size_t kBlock = 512, kChecksumAt = 148, kMagicAt = 257;
    for (std::size_t at = 0; at + kBlock <= tar.size(); at += kBlock) {
        if (tar.compare(at + kMagicAt, 5, "ustar") != 0) continue;
        tar.replace(at + kChecksumAt, 8, 8, ' ');
        unsigned sum = 0;
        for (std::size_t byte = at; byte < at + kBlock; ++byte) sum += static_cast<unsigned char>(tar[byte]);
        char digits[8];
        std::snprintf(digits, sizeof digits, "%06o", sum);
        tar.replace(at + kChecksumAt, 7, digits, 7);
    }
    return tar;
}

}  // namespace mabplan::tests
