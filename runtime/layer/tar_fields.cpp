#include "runtime/layer/tar_fields.h"

#include "runtime/layer/tar_header.h"

namespace mabplan::runtime {

std::uint64_t tar_number(std::string_view field) {
    std::uint64_t value = 0;
    if ((static_cast<unsigned char>(field[0]) & 0x80U) != 0) {
        for (const char byte : field.substr(field.size() - sizeof value)) value = value << 8U | static_cast<unsigned char>(byte);
        return value;
    }
    for (const char digit : field) {
        if (digit >= '0' && digit <= '7') value = value << 3U | static_cast<unsigned>(digit - '0');
        else if (digit != ' ' || value != 0) break;
    }
    return value;
}

unsigned tar_checksum(std::string_view header) {
    unsigned sum = 0;
    for (std::size_t at = 0; at < kTarBlock; ++at)
        sum += at >= kTarChecksum.at && at < kTarChecksum.at + kTarChecksum.bytes ? ' ' : static_cast<unsigned char>(header[at]);
    return sum;
}

bool is_tar_header(std::string_view block) { return tar_checksum(block) == tar_number(kTarChecksum.in(block)); }

}  // namespace mabplan::runtime
