// Logging in as docker does: what a person types is tried, and kept where docker and its like find it (docker's config.json, or the program
// that this names). Knows the file; does not ask anybody for a password.
#pragma once

#include "runtime/registry/credential_helper.h"
#include "runtime/registry/registry_session.h"

#include <string>

namespace mabplan::runtime {

// Whether the registry takes the credentials: a Registry error where it does not, or is no registry.
Status try_credentials(RegistrySession& session, const std::string& domain);

// Where they were kept, for messages.
Result<std::string> keep_credentials(const std::string& file, const HelperSurroundings& helpers, const std::string& domain,
                                     const Credentials& credentials);
// False: there were none.
Result<bool> forget_credentials(const std::string& file, const HelperSurroundings& helpers, const std::string& domain);

}  // namespace mabplan::runtime
