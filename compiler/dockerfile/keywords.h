// The instructions of a Dockerfile by name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

enum class Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    StopSignal,
    User,
    Volume,
    Workdir,
};

std::optional<Keyword> find_keyword(std::string_view word);  // in any case
std::string_view keyword_name(Keyword keyword);              // upper case
std::vector<std::string> keyword_names();

}  // namespace mabplan::compiler
