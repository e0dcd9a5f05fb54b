#include "plans/base/digest.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan {

namespace {

bool is_lower_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Result<Digest> Digest::parse(std::string_view text) {
    constexpr std::string_view kPrefix = "sha256:";
    const std::string_view hex = text.substr(std::min(text.size(), kPrefix.size()));
    if (!text.starts_with(kPrefix) || hex.size() != 64 || !is_lower_hex(hex))
        return input_error(format("{} is not a digest: expected \"sha256:\" and 64 lower-case hex digits", quoted(text.substr(0, 100))));
    Digest digest;
    digest.hex_ = hex;
    return digest;
}

}  // namespace mabplan
