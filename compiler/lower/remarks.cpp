#include "compiler/lower/remarks.h"

#include <algorithm>

namespace mabplan::compiler {

void Remarks::note(std::string text) {
    if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) notes_.push_back(std::move(text));
}

// The same is met on each platform.
void Remarks::warn(Warning warning) {
    const auto same = [&](const Warning& other) {
        return other.message == warning.message && format_place(other.place) == format_place(warning.place);
    };
    if (std::none_of(warnings_.begin(), warnings_.end(), same)) warnings_.push_back(std::move(warning));
}

}  // namespace mabplan::compiler
