#include "runtime/registry/registry_error.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "runtime/http/http_status.h"

#include <utility>

namespace mabplan::runtime {

namespace {

// Safe on a terminal and not endless.
std::string shown(std::string_view text) {
    constexpr std::size_t kMaxBytes = 300;
    const std::string safe = mabplan::quoted(text.substr(0, kMaxBytes));
    return safe.substr(1, safe.size() - 2);
}

// "MANIFEST_UNKNOWN: manifest unknown", for each error that the body names.
std::string registry_words(const std::string& body) {
    const Result<Json> json = parse_json(body, "the answer", ErrorKind::Registry);
    const Json* errors = json ? find_member(*json, "errors") : nullptr;
    std::vector<std::string> words;
    if (errors != nullptr && errors->is_array()) {
        for (const Json& each : *errors) {
            const std::string code = find_string(each, "code").value_or("");
            const std::string message = find_string(each, "message").value_or("");
            if (words.size() < 3 && !(code.empty() && message.empty()))
                words.push_back(shown(code.empty() || message.empty() ? code + message : format("{}: {}", code, message)));
        }
    } else if (json) {
        if (const auto details = find_string(*json, "details")) words.push_back(shown(*details));
        if (const auto message = find_string(*json, "message")) words.push_back(shown(*message));
    }
    return format("{}", join(words, "; "));
}

std::string limit_words(const HttpResponse& response) {
    std::string words;
    for (const char* name : {"ratelimit-limit", "ratelimit-remaining", "docker-ratelimit-source", "retry-after"})
        if (const std::string value = find_header(response, name); !value.empty()) words += format(" ({}: {})", name, shown(value));
    return words;
}

std::string hint_for(const HttpResponse& response, const Asked& asked, const std::string& words) {
    switch (response.status) {
        case 400:
            if (response.body.find("HTTPS server") != std::string::npos || response.body.find("HTTPS port") != std::string::npos)
                return format("{} speaks HTTPS there: remove \"http: true\" from its settings", asked.host);
            return {};
        case 401:
            return format(
                "log in with `mabplan login {0}`, or with docker or podman, whose credentials are used; "
                "registries also answer so where the repository does not exist",
                asked.domain);
        case 403: return format("the credentials for {} do not allow to {} this", asked.domain, asked.verb == "get" ? "read" : asked.verb);
        case 404:
            if (words.find("NAME_UNKNOWN") != std::string::npos)
                return "there is no such repository, or it is not visible without logging in";
            return {};
        case 429:
            return format(
                R"(log in with "docker login {0}" for a higher limit, or use a mirror: registries: {{"{0}": {{mirrors: [HOST]}}}} )"
                "in mabplan.yaml",
                asked.domain);
        default: return {};
    }
}

}  // namespace

bool is_not_found(const Error& error) {
    const auto* status = std::get_if<HttpStatus>(&error.cause);
    return status != nullptr && status->code == 404;
}

Error explain_status(const HttpResponse& response, const Asked& asked) {
    const std::string words = registry_words(response.body);
    std::string message = format("cannot {} {}: {} answers {}", asked.verb, asked.what, asked.host, status_words(response.status));
    if (!words.empty()) message += format(" ({})", words);
    if (response.status == 429) message += limit_words(response);
    return Error{ErrorKind::Registry, std::move(message), {}, {}, hint_for(response, asked, words), {}, HttpStatus{response.status}};
}

}  // namespace mabplan::runtime
