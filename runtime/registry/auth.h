// Proving to a registry who asks: anonymous, Basic, or a bearer token fetched from where the registry says (distribution's token
// specification). Tokens are kept until they expire. Does not know what is asked for.
#pragma once

#include "runtime/http/http_client.h"
#include "runtime/registry/credentials.h"
#include "runtime/sys/guarded.h"

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mabplan::runtime {

// Whom a proof is for, and what for. Credentials are found by the domain of the reference, and sent to `registry` or to the realm it
// names.
struct AuthScope {
    Url registry;                  // any address of it
    std::string domain;            // "docker.io"
    std::string repository;        // "library/python"
    std::string actions = "pull";  // what is to be done there, as registries name it: "pull", "pull,push"
    std::string also_read{};       // a repository of the same registry that blobs are mounted from; empty: none
};
// As tokens are asked for it (distribution, token scope): "repository:NAME:pull,push", one for each repository.
std::vector<std::string> token_scopes(const AuthScope& scope);

class Authenticator {
public:
    Authenticator(const HttpClient& client, CredentialSource credentials) : client_(client), credentials_(std::move(credentials)) {}

    // The Authorization that served last time; empty if there was none or it has expired.
    std::string authorization(const AuthScope& scope);
    // What to send after this 401; empty if there is nothing better than what was sent. A realm that does not answer with a
    // token is a Registry error, as is one at a private address where the registry is public.
    Result<std::string> answer(const AuthScope& scope, const HttpResponse& unauthorized, const std::string& sent);

private:
    struct Kept {
        std::string authorization;
        std::chrono::steady_clock::time_point expires;
    };
    Result<Kept> fetch_token(const AuthScope& scope, const std::map<std::string, std::string>& challenge,
                             std::optional<Credentials> credentials) const;

    const HttpClient& client_;
    CredentialSource credentials_;
    Guarded<std::map<std::pair<std::string, std::string>, Kept>> kept_;  // by origin and scopes
};

}  // namespace mabplan::runtime
