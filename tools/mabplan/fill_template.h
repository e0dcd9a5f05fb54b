// Templates as docker's --format takes them (Go, text/template), as far as a field is asked for: text, {{.Field.Of.It}}, {{json .Field}},
// {{len .Field}}, {{index .Field "key"}}. Pure.
#pragma once

#include "plans/base/json.h"
#include "plans/base/result.h"

#include <string>
#include <string_view>

namespace mabplan::tools {

// "json" alone is all of the data. An Input error: a field that there is not, with those that there are; what is no such template.
Result<std::string> fill_template(std::string_view text, const Json& data);

}  // namespace mabplan::tools
