#include "tests/conformance/outcome.h"

namespace mabplan::conformance {

Outcome compare(const Json& wanted, const Json& obtained) {
    if (wanted == obtained) return passed();
    return failed("wanted   " + dump_json(wanted) + "\n    obtained " + dump_json(obtained));
}

bool wants_error(const Json& one) { return one.contains("error") || one.contains("error_contains"); }

Outcome compare_error(const Json& one, const std::string& message) {
    if (!wants_error(one)) return failed("failed: " + message);
    const auto whole = find_string(one, "error");
    if (whole && *whole != message) return failed("wanted the error   " + *whole + "\n    obtained the error " + message);
    const std::string part = text_of(one, "error_contains");
    if (message.find(part) == std::string::npos) return failed("wanted an error with " + part + "\n    obtained the error   " + message);
    return passed();
}

Outcome missing_error(const Json& obtained) { return failed("wanted an error\n    obtained " + dump_json(obtained)); }

std::string text_of(const Json& one, const char* key) { return find_string(one, key).value_or(""); }

Json member_of(const Json& one, const char* key) {
    const Json* found = find_member(one, key);
    return found == nullptr ? Json() : *found;
}

}  // namespace mabplan::conformance
