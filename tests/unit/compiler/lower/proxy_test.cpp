#include "compiler/lower/proxy.h"

#include <doctest/doctest.h>

using namespace mabplan::compiler;

TEST_CASE("proxy settings are found among the build arguments, in either case") {
    const BuildArguments given{{"HTTP_PROXY", "upper"}, {"http_proxy", "lower"}, {"NO_PROXY", "lan"},
                               {"all_proxy", "all"},    {"Https_Proxy", "x"},    {"FOO", "bar"}};
    CHECK(read_proxy_settings(given) == ProxySettings{{"all", "all"}, {"http", "lower"}, {"no", "lan"}});
    CHECK(read_proxy_settings({{"FOO", "bar"}, {"MY_HTTP_PROXY", "x"}, {"proxy", "x"}}).empty());
    CHECK(read_proxy_settings({{"HTTPS_PROXY", "a"}, {"ftp_proxy", ""}}) == ProxySettings{{"ftp", ""}, {"https", "a"}});
}

TEST_CASE("commands see each setting in capitals and in small letters") {
    CHECK(proxy_variables({{"http", "p"}, {"no", "lan"}}) ==
          std::vector<std::string>{"HTTP_PROXY=p", "http_proxy=p", "NO_PROXY=lan", "no_proxy=lan"});
    CHECK(proxy_variables({}).empty());
}
