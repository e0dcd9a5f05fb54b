#include "plans/base/error.h"

#include "plans/base/format.h"

namespace mabplan {

Error Error::with_context(std::string what) && {
    context.push_back(std::move(what));
    return std::move(*this);
}

Error Error::with_hint(std::string text) && {
    hint = std::move(text);
    return std::move(*this);
}

Error Error::with_cause(Cause why) && {
    cause = std::move(why);
    return std::move(*this);
}

Error Error::at(SourcePlace where) && {
    if (!place && where.text) place = std::move(where);
    return std::move(*this);
}

std::string format_error(const Error& error) {
    const bool has_place = error.place && error.place->text;
    std::string out =
        has_place ? format("{}: error: {}\n", format_place(*error.place), error.message) : format("error: {}\n", error.message);
    if (has_place) out += format_excerpt(*error.place);
    for (const std::string& line : error.context) out += format("  while {}\n", line);
    if (!error.detail.empty()) {
        out += error.detail;
        if (out.back() != '\n') out += '\n';
    }
    if (!error.hint.empty()) out += format("  hint: {}\n", error.hint);
    return out;
}

int exit_code(ErrorKind kind) { return static_cast<int>(kind); }

std::string_view error_kind_name(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::Step: return "step";
        case ErrorKind::Input: return "input";
        case ErrorKind::Registry: return "registry";
        case ErrorKind::Verify: return "verify";
        case ErrorKind::Environment: return "environment";
        case ErrorKind::Internal: return "internal";
        case ErrorKind::Interrupted: return "interrupted";
    }
    return "internal";
}

}  // namespace mabplan
