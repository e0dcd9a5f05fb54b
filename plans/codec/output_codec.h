// Outputs as JSON. All types have the same members there: what a type has no use for is written as its default, and not looked at.
#pragma once

#include "plans/base/json.h"
#include "plans/codec/members.h"
#include "plans/model/output.h"

namespace mabplan::codec {

Json write_output(const Output& output);
// Asks for all members of an output.
Output read_output(Members& members);

}  // namespace mabplan::codec
