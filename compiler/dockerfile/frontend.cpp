#include "compiler/dockerfile/frontend.h"

#include "compiler/dockerfile/directives.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan::compiler {

namespace {

// "docker.io/docker/dockerfile:1.7-labs@sha256:…" names the image docker/dockerfile. Forks of it that mirrors carry keep its last name.
bool is_known_frontend(std::string_view reference) {
    reference = reference.substr(0, reference.find('@'));
    const std::string_view last = base_name(reference);
    const std::string_view name = last.substr(0, last.find(':'));
    return name == "dockerfile" || name == "dockerfile-upstream";
}

constexpr const char* kHint = "mabplan reads the language of docker/dockerfile; build this file with the tool that knows its frontend";

}  // namespace

Status check_frontend(const SourceTextPtr& source, const std::optional<std::string>& build_argument) {
    if (build_argument && !build_argument->empty()) {
        if (is_known_frontend(*build_argument)) return {};
        return fail(ErrorKind::Input, format("BUILDKIT_SYNTAX asks for the frontend {}, which is not known here", quoted(*build_argument)),
                    kHint);
    }
    const auto directive = find_syntax(source->content());
    if (!directive) return {};
    const std::string_view name = first_word(*directive);
    if (is_known_frontend(name)) return {};
    const std::size_t column = source->line(directive->line).find(name);
    SourcePlace place{source, directive->line, column == std::string_view::npos ? 0 : column + 1, name.size(), 0};
    return input_error(std::move(place), format("the frontend {} is not known here", quoted(name)), kHint);
}

}  // namespace mabplan::compiler
