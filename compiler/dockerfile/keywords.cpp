#include "compiler/dockerfile/keywords.h"

#include "plans/base/text.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

// In the order of Keyword.
constexpr std::array<std::string_view, 18> kNames{"ADD",    "ARG",   "CMD",         "COPY",  "ENTRYPOINT", "ENV",
                                                  "EXPOSE", "FROM",  "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
                                                  "RUN",    "SHELL", "STOPSIGNAL",  "USER",  "VOLUME",     "WORKDIR"};

}  // namespace

std::optional<Keyword> find_keyword(std::string_view word) {
    const auto found = std::find_if(kNames.begin(), kNames.end(), [&](std::string_view name) { return equal_ignoring_case(name, word); });
    if (found == kNames.end()) return std::nullopt;
    return static_cast<Keyword>(found - kNames.begin());
}

std::string_view keyword_name(Keyword keyword) { return kNames[static_cast<std::size_t>(keyword)]; }

std::vector<std::string> keyword_names() { return {kNames.begin(), kNames.end()}; }

}  // namespace mabplan::compiler
