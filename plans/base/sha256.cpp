#include "plans/base/sha256.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace mabplan {

struct Sha256::Context {
    EVP_MD_CTX* handle = EVP_MD_CTX_new();
    ~Context() { EVP_MD_CTX_free(handle); }

    void start() const {
        if (handle == nullptr || EVP_DigestInit_ex(handle, EVP_sha256(), nullptr) != 1) throw std::runtime_error("OpenSSL has no SHA-256");
    }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) { context_->start(); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) { EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size()); }

Sha256Bytes Sha256::finish() {
    Sha256Bytes out{};
    EVP_DigestFinal_ex(context_->handle, out.data(), nullptr);
    context_->start();
    return out;
}

Sha256Bytes sha256(std::string_view bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out(bytes.size() * 2, '\0');
    std::size_t at = 0;
    for (const std::uint8_t byte : bytes) {
        out[at++] = kDigits[byte >> 4];
        out[at++] = kDigits[byte & 15];
    }
    return out;
}

}  // namespace mabplan
