// Which users a command can be, where the user namespace maps only some ids.
#pragma once

#include "runtime/accounts/user_lookup.h"
#include "runtime/sandbox/user_namespace.h"

#include <string_view>

namespace mabplan::runtime {

// An Environment error that names the user as written, the ids that are not mapped, how many are needed and what mends it.
Status check_user(const User& user, std::string_view written, const NamespaceIds& ids);
// The same for a user that is written in numbers; names are known when the image is.
Status check_numeric_user(std::string_view written, const NamespaceIds& ids);

// The same for whose the files of a layer are to be: a command can only run on layers whose owners there are.
Status check_numeric_owner(std::string_view written, const NamespaceIds& ids);

// And for owners of what is mounted: `what` is to belong to them.
Status check_owner(const Owner& owner, std::string_view what, const NamespaceIds& ids);

}  // namespace mabplan::runtime
