// Credentials of registries from the files of docker and podman (docker's config.json, containers-auth.json(5)), and from the programs that
// these name. Knows the files; does not know HTTP. Secrets never stand in a message.
#pragma once

#include "plans/base/result.h"

#include <functional>
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
    std::string xdg_config_home;     // $XDG_CONFIG_HOME
    std::string home;                // $HOME
};

// The files to look into, first found first served: those that the environment names, then those at their usual places.
std::vector<std::string> auth_files(const AuthEnvironment& environment);

// Asks the program docker-credential-NAME what it has for a server; nothing: it has none.
using AskHelper = std::function<Result<std::optional<Credentials>>(const std::string& name, const std::string& server)>;

// Where credentials are looked for.
struct CredentialSource {
    std::vector<std::string> files;
    AskHelper ask_helper{};              // empty: programs are not asked
    std::optional<Credentials> given{};  // for every host, in place of all others
};

// What the source knows for "domain/repository": of each file the program for this host (credHelpers), the one for all (credsStore), then
// what stands in it, the longest matching name first. Nothing if nobody knows it. Missing files are passed over; a file that cannot be
// understood is an Input error, a program that fails is one of the Environment.
Result<std::optional<Credentials>> find_credentials(const CredentialSource& source, std::string_view domain, std::string_view repository);

// The name under which docker's file and the programs keep what belongs to a host.
std::string server_name(std::string_view domain);
// The program that docker's file (JSON) names for a host: of credHelpers, else credsStore. Empty: the file keeps it itself.
std::string helper_for(std::string_view file, std::string_view domain);

// What a helper printed for "get": a JSON object with Username and Secret (docker-credential-helpers).
Result<Credentials> parse_helper_answer(std::string_view text, std::string_view helper);

// "Basic …" (RFC 7617).
std::string basic_authorization(const Credentials& credentials);

}  // namespace mabplan::runtime
