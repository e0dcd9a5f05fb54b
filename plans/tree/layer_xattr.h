// Which extended attributes belong to a file in a layer and in a context.
#pragma once

#include <string_view>

namespace mabplan {

inline constexpr const char* kCapabilityXattr = "security.capability";

// security.capability and user.*, but for what overlayfs keeps there: the others are the host's (labels, access lists).
inline bool is_layer_xattr(std::string_view name) {
    if (name == kCapabilityXattr) return true;
    return name.starts_with("user.") && !name.starts_with("user.overlay.");
}

}  // namespace mabplan
