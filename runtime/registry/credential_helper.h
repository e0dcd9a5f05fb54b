// The programs that keep credentials for docker: docker-credential-NAME, which read a server's name on standard input (docker's
// docker-credential-helpers). Knows how they are called; does not know which files name them.
#pragma once

#include "runtime/registry/credentials.h"

#include <functional>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct HelperSurroundings {
    std::vector<std::string> folders;  // where programs are found
    std::vector<std::string> env;      // "NAME=value": all that they see
    std::function<bool()> stop;        // may be empty
};

// Asks for what is kept for the server. An Environment error where the program is missing or fails for another reason than that it has
// nothing; what it printed is in no message.
Result<std::optional<Credentials>> ask_credential_helper(const HelperSurroundings& surroundings, const std::string& name,
                                                         const std::string& server);
// Gives it something to keep, or takes that away again.
Status store_with_helper(const HelperSurroundings& surroundings, const std::string& name, const std::string& server,
                         const Credentials& credentials);
Status erase_with_helper(const HelperSurroundings& surroundings, const std::string& name, const std::string& server);

}  // namespace mabplan::runtime
