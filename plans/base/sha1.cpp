#include "plans/base/sha1.h"

#include "plans/base/sha256.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <stdexcept>

namespace mabplan {

std::string sha1_hex(std::string_view bytes) {
    std::array<std::uint8_t, 20> hash{};
    if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), nullptr, EVP_sha1(), nullptr) != 1)
        throw std::runtime_error("OpenSSL has no SHA-1");
    return to_hex(hash);
}

}  // namespace mabplan
