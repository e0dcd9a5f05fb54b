#include "runtime/registry/credentials.h"

#include "plans/base/base64.h"
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"

#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMaxFileBytes = 4U << 20U;
constexpr std::string_view kTokenUser = "<token>";  // the password is then an identity token

// docker writes "https://HOST/v1/" for some hosts, and for Docker Hub its old name.
std::string normalize_key(std::string_view key) {
    for (const std::string_view scheme : {"https://", "http://"})
        if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
    while (key.ends_with('/')) key.remove_suffix(1);
    for (const std::string_view version : {"/v1", "/v2"})
        if (key.ends_with(version)) key.remove_suffix(version.size());
    const std::size_t slash = std::min(key.find('/'), key.size());
    const bool is_hub = key.substr(0, slash) == "index.docker.io" || key.substr(0, slash) == "registry-1.docker.io";
    return is_hub ? format("docker.io{}", key.substr(slash)) : std::string(key);
}

// "host/a/b", "host/a", "host".
std::vector<std::string> keys_for(std::string_view domain, std::string_view repository) {
    std::vector<std::string> keys;
    std::string key = format("{}/{}", domain, repository);
    for (;;) {
        keys.push_back(key);
        const std::size_t slash = key.rfind('/');
        if (slash == std::string::npos) return keys;
        key.resize(slash);
    }
}

Result<std::optional<Credentials>> read_entry(const Json& entry, std::string_view key, const std::string& file) {
    Credentials credentials;
    credentials.user = find_string(entry, "username").value_or("");
    credentials.password = find_string(entry, "password").value_or("");
    credentials.identity_token = find_string(entry, "identitytoken").value_or("");
    const std::string encoded = find_string(entry, "auth").value_or("");
    if (!encoded.empty()) {
        const std::optional<std::string> decoded = from_base64(encoded);
        const std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
        if (colon == std::string::npos)
            return input_error(format("{}: \"auth\" of {} is not base64 of \"user:password\"", file, mabplan::quoted(key)));
        credentials.user = decoded->substr(0, colon);
        credentials.password = decoded->substr(colon + 1);
        while (credentials.password.ends_with('\0')) credentials.password.pop_back();  // some writers add them
    }
    if (credentials.user == kTokenUser) credentials.identity_token = std::exchange(credentials.password, "");
    if (credentials.user.empty() && credentials.identity_token.empty()) return std::optional<Credentials>();
    return std::optional<Credentials>(std::move(credentials));
}

std::string helper_in(const Json& file, std::string_view domain) {
    if (const Json* helpers = find_member(file, "credHelpers"); helpers != nullptr && helpers->is_object())
        for (const auto& [name, helper] : helpers->items())
            if (normalize_key(name) == domain && helper.is_string()) return helper.get<std::string>();
    return find_string(file, "credsStore").value_or("");
}

Result<std::optional<Credentials>> find_in_file(const std::string& file, std::string_view domain, const std::vector<std::string>& keys,
                                                const AskHelper& ask_helper) {
    MABPLAN_TRY(text, read_file(file, kMaxFileBytes));
    if (trim(text).empty()) return std::optional<Credentials>();
    MABPLAN_TRY(json, parse_json(text, file));
    if (const std::string helper = ask_helper ? helper_in(json, domain) : ""; !helper.empty()) {
        Result<std::optional<Credentials>> found = ask_helper(helper, server_name(domain));
        if (!found) return pass(std::move(found).error(), format("asking docker-credential-{}, which {} names", helper, file));
        if (*found) return found;
    }
    const Json* auths = find_member(json, "auths");
    if (auths == nullptr || !auths->is_object()) return std::optional<Credentials>();
    for (const std::string& key : keys) {
        for (const auto& [name, entry] : auths->items()) {
            if (normalize_key(name) != key) continue;
            MABPLAN_TRY(found, read_entry(entry, name, file));
            if (found) return found;
        }
    }
    return std::optional<Credentials>();
}

}  // namespace

std::string server_name(std::string_view domain) { return domain == "docker.io" ? "https://index.docker.io/v1/" : std::string(domain); }

std::string helper_for(std::string_view file, std::string_view domain) {
    const Result<Json> json = parse_json(file, "credentials");
    return json ? helper_in(*json, domain) : std::string();
}

std::vector<std::string> auth_files(const AuthEnvironment& environment) {
    std::vector<std::string> files;
    if (!environment.docker_config.empty()) files.push_back(environment.docker_config + "/config.json");
    if (!environment.registry_auth_file.empty()) files.push_back(environment.registry_auth_file);
    if (!environment.xdg_runtime_dir.empty()) files.push_back(environment.xdg_runtime_dir + "/containers/auth.json");
    const std::string& home = environment.home;
    const std::string config = !environment.xdg_config_home.empty() ? environment.xdg_config_home : home.empty() ? "" : home + "/.config";
    if (!config.empty()) files.push_back(config + "/containers/auth.json");
    if (environment.docker_config.empty() && !home.empty()) files.push_back(home + "/.docker/config.json");
    return files;
}

Result<std::optional<Credentials>> find_credentials(const CredentialSource& source, std::string_view domain, std::string_view repository) {
    if (source.given) return source.given;
    const std::vector<std::string> keys = keys_for(domain, repository);
    for (const std::string& file : source.files) {
        if (!path_exists(file)) continue;
        Result<std::optional<Credentials>> found = find_in_file(file, domain, keys, source.ask_helper);
        if (!found) return pass(std::move(found).error(), format("looking for credentials for {}", domain));
        if (*found) return found;
    }
    return std::optional<Credentials>();
}

Result<Credentials> parse_helper_answer(std::string_view text, std::string_view helper) {
    const std::string what = format("the answer of docker-credential-{}", helper);
    Result<Json> json = parse_json(text, what, ErrorKind::Environment);
    if (!json) return fail(ErrorKind::Environment, format("{} is no JSON", what));  // its text may hold a secret
    Credentials credentials;
    credentials.user = find_string(*json, "Username").value_or("");
    credentials.password = find_string(*json, "Secret").value_or("");
    if (credentials.user == kTokenUser) credentials.identity_token = std::exchange(credentials.password, "");
    if (credentials.user.empty()) return fail(ErrorKind::Environment, format("{} has no user name", what));
    return credentials;
}

std::string basic_authorization(const Credentials& credentials) {
    return "Basic " + to_base64(format("{}:{}", credentials.user, credentials.password));
}

}  // namespace mabplan::runtime
