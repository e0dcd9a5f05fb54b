// What became of one case of a conformance set.
#pragma once

#include "plans/base/json.h"

#include <string>

namespace mabplan::conformance {

enum class Verdict { Passed, Tolerated, Failed, Skipped };

struct Outcome {
    Verdict verdict = Verdict::Passed;
    std::string reason;  // of a skip; of a failure: what was wanted and what was obtained; of a toleration: that and why
};

inline Outcome passed() { return {}; }
inline Outcome failed(std::string reason) { return {Verdict::Failed, std::move(reason)}; }
inline Outcome skipped(std::string reason) { return {Verdict::Skipped, std::move(reason)}; }

Outcome compare(const Json& wanted, const Json& obtained);
// A case that must fail: `error` is true or the whole message, `error_contains` a part of it. Nothing where the case wants a result.
bool wants_error(const Json& one);
// Compares with what `one` wants of an error. `message` is what a function failed with.
Outcome compare_error(const Json& one, const std::string& message);
// The function succeeded, though the case wants an error.
Outcome missing_error(const Json& obtained);

std::string text_of(const Json& one, const char* key);  // empty if it is not there
Json member_of(const Json& one, const char* key);       // null if it is not there

}  // namespace mabplan::conformance
