// SHA-256 (FIPS 180-4) over a stream of bytes: the one door to OpenSSL's digests.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace mabplan {

using Sha256Bytes = std::array<std::uint8_t, 32>;

class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void update(std::string_view bytes);
    // The hash of all that was given; the object starts anew.
    Sha256Bytes finish();

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

Sha256Bytes sha256(std::string_view bytes);
std::string to_hex(std::span<const std::uint8_t> bytes);  // lower case

}  // namespace mabplan
