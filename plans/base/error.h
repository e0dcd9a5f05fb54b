// What went wrong, said once, where the fact is known. Callers add context; only the command line prints.
#pragma once

#include "plans/base/source_text.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mabplan {

// Each kind is an exit code of the command line (design: exit codes).
enum class ErrorKind {
    Step = 1,          // a command of the build ended with a failure
    Input = 2,         // a wrong Dockerfile, matrix, flag or plan
    Registry = 4,      // a registry or the network
    Verify = 5,        // bytes that are not what their digest says, or not what was locked
    Environment = 36,  // this host lacks something: namespaces, an emulator, disk space
    Internal = 37,     // a fault of mabplan
    Interrupted = 130,
};

// What callers act on, beside the words for people.
struct HttpStatus {
    int code = 0;  // what a server answered that is no success
};
struct RefusedSource {
    std::string path;  // from the root of its tree: what is to be copied and is not there, or is nothing that can be copied
};
using Cause = std::variant<std::monostate, HttpStatus, RefusedSource>;

struct Error {
    ErrorKind kind = ErrorKind::Internal;
    std::string message{};               // one sentence: what was found and what was expected
    std::optional<SourcePlace> place{};  // where in the user's text
    std::vector<std::string> context{};  // what was being done, innermost first
    std::string hint{};                  // what to do about it; empty if nothing is known
    std::string detail{};                // verbatim material: the end of a log, a list of what there is
    Cause cause{};                       // nothing where no caller acts on it

    Error with_context(std::string what) &&;
    Error with_hint(std::string text) &&;
    Error with_cause(Cause why) &&;
    Error at(SourcePlace where) &&;
};

// The whole message for a person: place, message, excerpt, context, detail, hint. Ends with a line feed.
std::string format_error(const Error& error);

int exit_code(ErrorKind kind);
std::string_view error_kind_name(ErrorKind kind);  // "input", "step", …: the word used in JSON

}  // namespace mabplan
