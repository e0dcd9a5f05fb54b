#include "runtime/registry/login.h"

#include "plans/base/base64.h"
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "runtime/sys/temporary.h"

#include <utility>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMaxConfigBytes = 4U << 20U;
constexpr std::uint64_t kMostWelcomeBytes = 1U << 20U;

Result<OrderedJson> read_config(const std::string& file) {
    if (!path_exists(file)) return OrderedJson::object();
    MABPLAN_TRY(text, read_file(file, kMaxConfigBytes));
    if (trim(text).empty()) return OrderedJson::object();
    MABPLAN_TRY(checked, parse_json(text, file));
    if (!checked.is_object()) return input_error(format("{} is no JSON object", file));
    return OrderedJson::parse(text);  // in the order in which it stands there
}

Status write_config(const std::string& file, const OrderedJson& config) {
    MABPLAN_CHECK(make_directories(std::string(parent_path(file))));
    MABPLAN_TRY(pending, PendingFile::beside(behind_links(file), 0600));
    MABPLAN_CHECK(pending.write(config.dump(1, '\t') + "\n"));
    return pending.publish(behind_links(file), Durability::Synced);
}

// Whether the file itself keeps the credentials, or which program.
std::string helper_of(const OrderedJson& config, const std::string& domain) { return helper_for(config.dump(), domain); }

}  // namespace

Status try_credentials(RegistrySession& session, const std::string& domain) {
    MABPLAN_TRY(endpoint, session.own(domain));
    RegistryQuestion question{{}, {endpoint.base, endpoint.domain, "", ""}, "get", format("an answer at {}/v2/", domain)};
    question.request.url = endpoint.base;
    question.request.url.target = "/v2/";
    question.request.deadline = std::chrono::seconds(60);
    MABPLAN_TRY(answer, session.ask_for(question, kMostWelcomeBytes));
    return {};
}

Result<std::string> keep_credentials(const std::string& file, const HelperSurroundings& helpers, const std::string& domain,
                                     const Credentials& credentials) {
    MABPLAN_TRY(config, read_config(file));
    const std::string name = server_name(domain);
    if (const std::string helper = helper_of(config, domain); !helper.empty()) {
        MABPLAN_CHECK(store_with_helper(helpers, helper, name, credentials));
        config["auths"][name] = OrderedJson::object();  // docker's sign that somebody logged in
        MABPLAN_CHECK(write_config(file, config));
        return "docker-credential-" + helper;
    }
    config["auths"][name] = {{"auth", to_base64(format("{}:{}", credentials.user, credentials.password))}};
    MABPLAN_CHECK(write_config(file, config));
    return file;
}

Result<bool> forget_credentials(const std::string& file, const HelperSurroundings& helpers, const std::string& domain) {
    MABPLAN_TRY(config, read_config(file));
    const std::string name = server_name(domain);
    const std::string helper = helper_of(config, domain);
    if (!helper.empty()) MABPLAN_CHECK(erase_with_helper(helpers, helper, name));
    const auto auths = config.find("auths");
    const bool was_there = auths != config.end() && auths->is_object() && auths->erase(name) > 0;
    if (was_there) MABPLAN_CHECK(write_config(file, config));
    return was_there || !helper.empty();
}

}  // namespace mabplan::runtime
