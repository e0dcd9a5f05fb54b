#include "runtime/step/step_environment.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

std::vector<std::string> environment(const StepRequest& request, const GivenVariables& given = {}) {
    User user;
    user.home = "/home/it";
    return step_environment(request, user, given);
}

}  // namespace

TEST_CASE("a command sees its own variables, a home and the epoch") {
    StepRequest request;
    request.env = {"PATH=/bin", "A=1"};
    request.epoch = 12;
    CHECK(environment(request) == std::vector<std::string>{"PATH=/bin", "A=1", "HOME=/home/it", "SOURCE_DATE_EPOCH=12"});
    request.env = {"SOURCE_DATE_EPOCH=7", "HOME=/"};
    CHECK(environment(request) == request.env);
}

TEST_CASE("an empty epoch stands for a time that nobody knows") {
    StepRequest request;
    request.env = {"SOURCE_DATE_EPOCH=", "HOME=/"};
    request.epoch = 12;
    CHECK(environment(request) == std::vector<std::string>{"HOME=/", "SOURCE_DATE_EPOCH=12"});
}

TEST_CASE("proxies give way to the command's own, secrets and devices do not") {
    StepRequest request;
    request.env = {"HOME=/", "http_proxy=own", "TOKEN=old", "GPU=none"};
    request.proxy = {"http_proxy=http://proxy.lan", "https_proxy=http://proxy.lan"};
    CHECK(environment(request, {{"TOKEN=secret"}, {"GPU=0"}, "/run/agent"}) ==
          std::vector<std::string>{"HOME=/", "http_proxy=own", "SSH_AUTH_SOCK=/run/agent", "https_proxy=http://proxy.lan", "TOKEN=secret",
                                   "GPU=0"});
    request.env = {"HOME=/", "SSH_AUTH_SOCK=/own"};
    request.proxy.clear();
    CHECK(environment(request, {{}, {}, "/run/agent"}) == request.env);
}
