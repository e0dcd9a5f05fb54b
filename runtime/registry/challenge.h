// WWW-Authenticate headers (RFC 9110, section 11.6.1): which proofs a server takes.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

struct Challenge {
    std::string scheme;                             // lower case: "bearer", "basic"
    std::map<std::string, std::string> parameters;  // names in lower case

    bool operator==(const Challenge&) const = default;
};

// All challenges of one header. What cannot be understood ends the list.
std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace mabplan::runtime
