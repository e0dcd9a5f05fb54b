// What a compilation says beside its plan, each thing once: notes on what was chosen, warnings of what is not as written.
#pragma once

#include "compiler/matrix/matrix.h"

#include <string>
#include <vector>

namespace mabplan::compiler {

class Remarks {
public:
    void note(std::string text);
    void warn(Warning warning);

    const std::vector<std::string>& notes() const { return notes_; }
    const std::vector<Warning>& warnings() const { return warnings_; }

private:
    std::vector<std::string> notes_;
    std::vector<Warning> warnings_;
};

}  // namespace mabplan::compiler
