// The words of HTTP status codes (RFC 9110, section 15), for messages.
#pragma once

#include <string>

namespace mabplan::runtime {

// "404 Not Found"; the number alone for a code that is not met often.
std::string status_words(int status);

}  // namespace mabplan::runtime
