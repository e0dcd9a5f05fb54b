// Proxy settings out of build arguments (Dockerfile reference, "Predefined ARGs"). Part of no key.
#pragma once

#include "compiler/lower/arguments.h"

#include <map>
#include <string>
#include <vector>

namespace mabplan::compiler {

// By the lower-case name of the setting: "http", "https", "ftp", "no", "all". Of HTTP_PROXY and http_proxy the latter counts.
using ProxySettings = std::map<std::string, std::string>;
ProxySettings read_proxy_settings(const BuildArguments& given);

// "NAME=value" for the environment of a command: each in capitals and in small letters, as programs look for either.
std::vector<std::string> proxy_variables(const ProxySettings& settings);

}  // namespace mabplan::compiler
