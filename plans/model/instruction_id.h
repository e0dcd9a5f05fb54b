// Which instruction an action belongs to, in words that last: what "the same instruction last time" means. It does not change with the
// text of others, with line numbers, or with the order in which platforms are asked for. No key holds it.
#pragma once

#include "plans/oci/platform.h"

#include <cstdint>
#include <string>

namespace mabplan {

struct InstructionId {
    std::string target;
    std::string stage;          // its name, or "stage-N"
    Platform platform;          // of the image that it is made for
    std::string kind;           // of the action: kind_name
    std::uint32_t ordinal = 0;  // among what the stage has of this kind, as written, from 0
    bool operator==(const InstructionId&) const = default;
};

// By target, stage, platform (as format_platform says it), kind and ordinal.
bool comes_before(const InstructionId& one, const InstructionId& other);

}  // namespace mabplan
