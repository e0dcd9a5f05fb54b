#include "compiler/matrix/mistakes.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

bool earlier(const SourcePlace& a, const SourcePlace& b) { return std::pair(a.line, a.column) < std::pair(b.line, b.column); }

}  // namespace

// A value is read once per platform and per axis value, and says the same each time.
bool Mistakes::is_new(const SourcePlace& place, const std::string& message) { return seen_.emplace(format_place(place), message).second; }

void Mistakes::add(Error error) {
    ++reported_;
    if (is_new(error.place.value_or(SourcePlace{}), error.message)) errors_.push_back(std::move(error));
}

void Mistakes::add(SourcePlace place, std::string message, std::string hint) {
    add(Error{ErrorKind::Input, std::move(message), std::move(place), {}, std::move(hint)});
}

void Mistakes::warn(Warning warning) {
    if (is_new(warning.place, warning.message)) warnings_.push_back(std::move(warning));
}

Errors Mistakes::take_errors() {
    std::stable_sort(errors_.begin(), errors_.end(), [](const Error& a, const Error& b) {
        return earlier(a.place.value_or(SourcePlace{}), b.place.value_or(SourcePlace{}));
    });
    return std::move(errors_);
}

std::vector<Warning> Mistakes::take_warnings() {
    std::stable_sort(warnings_.begin(), warnings_.end(), [](const Warning& a, const Warning& b) { return earlier(a.place, b.place); });
    return std::move(warnings_);
}

}  // namespace mabplan::compiler
