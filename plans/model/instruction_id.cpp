#include "plans/model/instruction_id.h"

#include <tuple>

namespace mabplan {

bool comes_before(const InstructionId& one, const InstructionId& other) {
    const auto order = [](const InstructionId& id) {
        return std::tuple(std::string_view(id.target), std::string_view(id.stage), format_platform(id.platform), std::string_view(id.kind),
                          id.ordinal);
    };
    return order(one) < order(other);
}

}  // namespace mabplan
