// Actions as JSON objects: the "actions" of a plan. Documented in plans/README.md.
#pragma once

#include "plans/base/json.h"
#include "plans/model/action.h"

#include <optional>
#include <string>
#include <vector>

namespace mabplan::codec {

Json write_action(const Action& action);
Json write_origin(const Origin& origin);
Json write_optional_id(const std::optional<ActionId>& id);

// A text as a string; bytes that are no UTF-8 as {"base64": "…"}, since JSON strings can't hold them.
Json write_bytes(const std::string& bytes);
Json write_bytes(const std::vector<std::string>& list);

}  // namespace mabplan::codec
