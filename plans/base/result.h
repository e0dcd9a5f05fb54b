// Errors as values: the one door to tl::expected.
#pragma once

#include "plans/base/error.h"

#include <tl/expected.hpp>

#include <string>
#include <utility>
#include <vector>

namespace mabplan {

template <class T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

// For readers that can go on after a mistake: all the mistakes, in the order of the text.
using Errors = std::vector<Error>;
template <class T>
using Checked = tl::expected<T, Errors>;

using Failure = tl::unexpected<Error>;

inline Failure fail(Error error) { return Failure(std::move(error)); }
inline Failure fail(ErrorKind kind, std::string message, std::string hint = {}, std::string detail = {}) {
    return Failure(Error{kind, std::move(message), {}, {}, std::move(hint), std::move(detail)});
}
inline Failure input_error(std::string message) { return fail(ErrorKind::Input, std::move(message)); }
inline Failure input_error(SourcePlace place, std::string message, std::string hint = {}) {
    return Failure(Error{ErrorKind::Input, std::move(message), std::move(place), {}, std::move(hint)});
}

// Passes a failure on, with what was being done added to it.
inline Failure pass(Error error) { return Failure(std::move(error)); }
inline Failure pass(Error error, std::string doing) { return Failure(std::move(error).with_context(std::move(doing))); }

}  // namespace mabplan

// `MABPLAN_TRY(name, expression)` binds the value or returns the error; `MABPLAN_CHECK(expression)` is for Status.
#define MABPLAN_JOIN_(a, b) a##b
#define MABPLAN_JOIN(a, b) MABPLAN_JOIN_(a, b)
#define MABPLAN_TRY_(temporary, name, ...)                                \
    auto temporary = (__VA_ARGS__);                                       \
    if (!temporary) return ::mabplan::pass(std::move(temporary).error()); \
    auto name = std::move(*temporary)
#define MABPLAN_TRY(name, ...) MABPLAN_TRY_(MABPLAN_JOIN(try_, __COUNTER__), name, __VA_ARGS__)
#define MABPLAN_CHECK(...)                                                          \
    do {                                                                            \
        auto check_result = (__VA_ARGS__);                                          \
        if (!check_result) return ::mabplan::pass(std::move(check_result).error()); \
    } while (false)
