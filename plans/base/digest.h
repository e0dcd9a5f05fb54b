// A content hash as OCI writes it, "sha256:<64 hex>" (image-spec, descriptor.md, "Digests"). Only sha256 is known.
#pragma once

#include "plans/base/result.h"
#include "plans/base/sha256.h"

#include <compare>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

namespace mabplan {

class Digest {
public:
    Digest() = default;  // no digest: empty()
    explicit Digest(const Sha256Bytes& bytes) : known_(true), bytes_(bytes) {}

    // Exactly "sha256:" and 64 lower-case hex digits; anything else is an input error.
    static Result<Digest> parse(std::string_view text);
    static Digest of(std::string_view bytes) { return Digest(sha256(bytes)); }

    bool empty() const { return !known_; }
    const Sha256Bytes& bytes() const { return bytes_; }  // zeros if empty
    std::string hex() const { return known_ ? to_hex(bytes_) : std::string(); }
    std::string text() const { return "sha256:" + hex(); }
    std::string short_hex() const { return hex().substr(0, 12); }

    auto operator<=>(const Digest&) const = default;

private:
    bool known_ = false;
    Sha256Bytes bytes_{};
};

}  // namespace mabplan

template <>
struct std::hash<mabplan::Digest> {
    std::size_t operator()(const mabplan::Digest& digest) const noexcept {
        std::size_t value = 0;  // any bytes of a digest are as good as a hash of them
        std::memcpy(&value, digest.bytes().data(), sizeof value);
        return value;
    }
};
