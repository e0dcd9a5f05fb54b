#include "runtime/registry/auth.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "plans/base/url_parts.h"
#include "runtime/registry/challenge.h"
#include "runtime/registry/registry_error.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMaxTokenBytes = 1U << 20U;
constexpr std::int64_t kShortestLife = 60;    // seconds: what the token specification says where nothing is said
constexpr std::int64_t kLongestLife = 86400;  // that is believed
constexpr std::chrono::seconds kDeadline{120};

std::string percent_encode(std::string_view text) {
    return encode_percent(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
}

std::string get_or(const std::map<std::string, std::string>& map, const char* key, const std::string& otherwise) {
    const auto found = map.find(key);
    return found == map.end() || found->second.empty() ? otherwise : found->second;
}

Result<Url> parse_realm(const AuthScope& scope, const std::string& realm) {
    const std::string who = authority(scope.registry);
    Result<Url> url = parse_url(realm);
    if (!url) return pass(std::move(url).error(), format("reading where {} hands out tokens", who));
    const std::string_view why = lowered_guard(scope.registry, *url);
    if (!why.empty()) return fail(ErrorKind::Registry, format("{} sends for a token to {}: {}", who, shown_url(*url), why));
    return url;
}

// A form has one scope, with blanks between several (OAuth 2.0, section 3.3); a query has one parameter for each.
HttpRequest token_request(Url realm, std::string_view service, const std::vector<std::string>& wanted,
                          const std::optional<Credentials>& credentials) {
    HttpRequest request;
    request.deadline = kDeadline;
    if (credentials && !credentials->identity_token.empty()) {
        request.method = HttpMethod::Post;
        request.body =
            format("grant_type=refresh_token&client_id=mabplan&refresh_token={}&service={}&scope={}",
                   percent_encode(credentials->identity_token), percent_encode(service), percent_encode(format("{}", join(wanted, " "))));
    } else {
        std::string query = format("service={}", percent_encode(service));
        for (const std::string& scope : wanted) query += "&scope=" + percent_encode(scope);
        add_query(realm, query);
        if (credentials) request.authorization = basic_authorization(*credentials);
    }
    request.url = std::move(realm);
    return request;
}

std::pair<std::string, std::string> key_of(const AuthScope& scope) {
    return {authority(scope.registry), format("{}", join(token_scopes(scope), " "))};
}

// What the registry says that it wants, which some read alone, before what we know to need.
std::vector<std::string> wanted_scopes(const AuthScope& scope, const std::string& asked) {
    std::vector<std::string> wanted;
    for (const std::string_view word : split(asked, ' '))
        if (!word.empty()) wanted.emplace_back(word);
    for (std::string& own : token_scopes(scope))
        if (std::find(wanted.begin(), wanted.end(), own) == wanted.end() &&
            (wanted.empty() || scope.actions != "pull" || !scope.also_read.empty()))
            wanted.push_back(std::move(own));
    return wanted;
}

bool is_sendable(std::string_view token) {
    return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

std::vector<std::string> token_scopes(const AuthScope& scope) {
    if (scope.repository.empty()) return {};  // of the registry as such: logging in
    std::vector<std::string> scopes{format("repository:{}:{}", scope.repository, scope.actions)};
    if (!scope.also_read.empty() && scope.also_read != scope.repository) scopes.push_back(format("repository:{}:pull", scope.also_read));
    return scopes;
}

std::string Authenticator::authorization(const AuthScope& scope) {
    const auto all = kept_.lock();
    const auto found = all->find(key_of(scope));
    if (found == all->end() || found->second.expires <= std::chrono::steady_clock::now()) return {};
    return found->second.authorization;
}

Result<Authenticator::Kept> Authenticator::fetch_token(const AuthScope& scope, const std::map<std::string, std::string>& challenge,
                                                       std::optional<Credentials> credentials) const {
    MABPLAN_TRY(realm, parse_realm(scope, get_or(challenge, "realm", "")));
    // over http nobody but the registry's own host gets to know them
    if (realm.scheme != "https" && realm.host != scope.registry.host) credentials.reset();
    HttpRequest request =
        token_request(realm, get_or(challenge, "service", ""), wanted_scopes(scope, get_or(challenge, "scope", "")), credentials);
    HttpResult answer = client_.get(request, kMaxTokenBytes);
    if (answer && answer->status == 404 && request.method == HttpMethod::Post) {
        // servers without OAuth 2.0 take the identity token for a password (distribution, token authentication)
        const Credentials as_password{credentials->user, credentials->identity_token, {}};
        request = token_request(realm, get_or(challenge, "service", ""), wanted_scopes(scope, get_or(challenge, "scope", "")), as_password);
        answer = client_.get(request, kMaxTokenBytes);
    }
    const std::string doing = format("asking {} for a token for {}", authority(realm), scope.repository);
    if (!answer) return pass(std::move(answer).error().error, doing);
    if (answer->status != 200) return pass(explain_status(*answer, {authority(realm), scope.domain, "get", "the token"}), doing);
    MABPLAN_TRY(json, parse_json(answer->body, format("the token from {}", authority(realm)), ErrorKind::Registry));
    std::string token = find_string(json, "token").value_or("");
    if (token.empty()) token = find_string(json, "access_token").value_or("");
    if (!is_sendable(token)) return fail(ErrorKind::Registry, format("the answer of {} holds no usable token", shown_url(realm)));
    const std::int64_t life = std::clamp<std::int64_t>(find_integer(json, "expires_in").value_or(0), kShortestLife, kLongestLife);
    const std::chrono::seconds margin(life / 10);
    return Kept{"Bearer " + token, std::chrono::steady_clock::now() + std::chrono::seconds(life) - margin};
}

Result<std::string> Authenticator::answer(const AuthScope& scope, const HttpResponse& unauthorized, const std::string& sent) {
    std::vector<Challenge> challenges;
    for (const HttpHeader& header : unauthorized.headers) {
        if (header.name != "www-authenticate") continue;
        std::vector<Challenge> more = parse_challenges(header.value);
        challenges.insert(challenges.end(), more.begin(), more.end());
    }
    const auto find = [&](std::string_view scheme) {
        return std::find_if(challenges.begin(), challenges.end(), [&](const Challenge& challenge) { return challenge.scheme == scheme; });
    };
    MABPLAN_TRY(credentials, find_credentials(credentials_, scope.domain, scope.repository));
    Kept kept{{}, std::chrono::steady_clock::time_point::max()};
    if (const auto bearer = find("bearer"); bearer != challenges.end()) {
        MABPLAN_TRY(token, fetch_token(scope, bearer->parameters, credentials));
        kept = std::move(token);
    } else if (find("basic") != challenges.end() && credentials && !credentials->user.empty()) {
        kept.authorization = basic_authorization(*credentials);
    }
    if (kept.authorization.empty() || kept.authorization == sent) return std::string();
    const auto all = kept_.lock();
    return ((*all)[key_of(scope)] = std::move(kept)).authorization;
}

}  // namespace mabplan::runtime
