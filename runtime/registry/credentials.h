// Credentials of registries from the files of docker and podman (docker's config.json, containers-auth.json(5)). Knows the files;
// does not know HTTP. Secrets never stand in a message.
#pragma once

#include "plans/base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

struct Credentials {
    std::string user;
    std::string password;
    std::string identity_token;  // OAuth2 refresh token; then user and password are not used
};

// The environment, as far as it says where the files are; empty: not set.
struct AuthEnvironment {
    std::string docker_config;       // $DOCKER_CONFIG
    std::string registry_auth_file;  // $REGISTRY_AUTH_FILE
    std::string xdg_runtime_dir;     // $XDG_RUNTIME_DIR
    std::string home;                // $HOME
};

// The files to look into, first found first served: those that the environment names, then those at their usual places.
std::vector<std::string> auth_files(const AuthEnvironment& environment);

// What the files know for "domain/repository", the longest matching name first; nothing if nobody knows it. Missing files are
// passed over; a file that cannot be understood is an Input error.
Result<std::optional<Credentials>> find_credentials(const std::vector<std::string>& files, std::string_view domain,
                                                    std::string_view repository);

// "Basic …" (RFC 7617).
std::string basic_authorization(const Credentials& credentials);

}  // namespace mabplan::runtime
