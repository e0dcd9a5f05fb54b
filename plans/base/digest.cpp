#include "plans/base/digest.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <optional>

namespace mabplan {

namespace {

// The value of a lower-case hex digit; nothing else has one.
std::optional<unsigned> hex_value(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    return std::nullopt;
}

std::optional<Sha256Bytes> read_hex(std::string_view hex) {
    Sha256Bytes bytes{};
    if (hex.size() != bytes.size() * 2) return std::nullopt;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto high = hex_value(hex[2 * i]);
        const auto low = hex_value(hex[2 * i + 1]);
        if (!high || !low) return std::nullopt;
        bytes[i] = static_cast<std::uint8_t>(*high << 4U | *low);
    }
    return bytes;
}

}  // namespace

Result<Digest> Digest::parse(std::string_view text) {
    constexpr std::string_view kPrefix = "sha256:";
    const auto bytes = text.starts_with(kPrefix) ? read_hex(text.substr(kPrefix.size())) : std::nullopt;
    if (!bytes)
        return input_error(format("{} is not a digest: expected \"sha256:\" and 64 lower-case hex digits", quoted(text.substr(0, 100))));
    return Digest(*bytes);
}

}  // namespace mabplan
