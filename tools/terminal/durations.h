// Seconds in words.
#pragma once

#include <string>

namespace mabplan::tools {

std::string tenths(double seconds);    // "3.2s", "1m05s", "2h03m": of what runs
std::string in_words(double seconds);  // "45 s", "3 min", "2 h": of what is only known roughly
std::string rate_text(double bytes_per_second);

}  // namespace mabplan::tools
