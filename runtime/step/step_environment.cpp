#include "runtime/step/step_environment.h"

#include "plans/base/format.h"
#include "runtime/step/variables.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace mabplan::runtime {

namespace {

bool has_variable(const std::vector<std::string>& env, std::string_view name) { return value_of_variable(env, name).has_value(); }

// An empty one stands for a word whose time nobody knows.
void tell_epoch(std::vector<std::string>& env, const std::optional<std::int64_t>& epoch) {
    const bool is_given = has_variable(env, "SOURCE_DATE_EPOCH") && std::find(env.begin(), env.end(), "SOURCE_DATE_EPOCH=") == env.end();
    if (epoch && !is_given) set_last(env, format("SOURCE_DATE_EPOCH={}", *epoch));
}

}  // namespace

std::vector<std::string> step_environment(const StepRequest& request, const User& user, const GivenVariables& given) {
    std::vector<std::string> env = request.env;
    fill_home(env, user);
    tell_epoch(env, request.epoch);
    if (!given.agent_socket.empty() && !has_variable(env, "SSH_AUTH_SOCK")) env.push_back("SSH_AUTH_SOCK=" + given.agent_socket);
    for (const std::string& proxy : request.proxy)
        if (!has_variable(env, proxy.substr(0, proxy.find('=')))) env.push_back(proxy);
    for (const std::string& secret : given.secrets) set_last(env, secret);
    for (const std::string& variable : given.devices) set_last(env, variable);
    return env;
}

}  // namespace mabplan::runtime
