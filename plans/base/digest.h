// A content hash as OCI writes it, "sha256:<64 hex>" (image-spec, descriptor.md, "Digests"). Only sha256 is known.
#pragma once

#include "plans/base/result.h"
#include "plans/base/sha256.h"

#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace mabplan {

class Digest {
public:
    Digest() = default;  // no digest: empty()
    explicit Digest(const Sha256Bytes& bytes) : hex_(mabplan::to_hex(bytes)) {}

    // Exactly "sha256:" and 64 lower-case hex digits; anything else is an input error.
    static Result<Digest> parse(std::string_view text);
    static Digest of(std::string_view bytes) { return Digest(sha256(bytes)); }

    bool empty() const { return hex_.empty(); }
    const std::string& hex() const { return hex_; }
    std::string text() const { return "sha256:" + hex_; }
    std::string short_hex() const { return hex_.substr(0, 12); }

    auto operator<=>(const Digest&) const = default;

private:
    std::string hex_;
};

}  // namespace mabplan

template <>
struct std::hash<mabplan::Digest> {
    std::size_t operator()(const mabplan::Digest& digest) const noexcept { return std::hash<std::string>{}(digest.hex()); }
};
