// Actions as JSON objects: the "actions" of a plan. Documented in plans/README.md.
#pragma once

#include "plans/base/json.h"
#include "plans/model/action.h"

#include <optional>

namespace mabplan::codec {

Json write_action(const Action& action);
Json write_origin(const Origin& origin);
Json write_optional_id(const std::optional<ActionId>& id);

}  // namespace mabplan::codec
