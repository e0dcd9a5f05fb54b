// Ids of users and groups as they are written. Knows numbers; does not know who has them.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <string_view>

namespace mabplan {

// Ids end where runc's do: no kernel type is as small, but images that run under docker have none above.
inline constexpr std::uint64_t kMostAccountId = 2147483647;

// Whether it is digits: then it is an id, and no name.
bool is_account_number(std::string_view text);
// Names pass; an Input error for a number that no account has.
Status check_account_id(std::string_view text);
// That error.
Failure account_id_out_of_range(std::string_view id);

}  // namespace mabplan
