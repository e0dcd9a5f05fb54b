#include "compiler/matrix/context_location.h"

#include "compiler/sources/git_reference.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>
#include <optional>

namespace mabplan::compiler {

namespace {

struct Prefix {
    std::string_view text;
    ContextKind kind;
};
constexpr std::array<Prefix, 3> kPrefixes{{
    {"target:", ContextKind::Target},
    {"docker-image://", ContextKind::Image},
    {"oci-layout://", ContextKind::OciLayout},
}};

bool is_http(std::string_view text) { return text.starts_with("http://") || text.starts_with("https://"); }

std::optional<std::string_view> scheme_of(std::string_view text) {
    const std::size_t at = text.find("://");
    if (at == std::string_view::npos || at == 0) return std::nullopt;
    const auto in_scheme = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'; };
    const std::string_view scheme = text.substr(0, at);
    return std::all_of(scheme.begin(), scheme.end(), in_scheme) ? std::optional(scheme) : std::nullopt;
}

constexpr const char* kKnown = "a context is a directory, target:NAME, docker-image://REF, oci-layout://DIR, a git URL or an http(s) URL";

}  // namespace

Result<ContextLocation> parse_context_location(std::string_view text) {
    const auto wrong = [](std::string message, std::string hint = kKnown) {
        return fail(ErrorKind::Input, std::move(message), std::move(hint));
    };
    if (trim(text).empty()) return wrong("a build context is empty");
    for (const Prefix& prefix : kPrefixes) {
        if (!text.starts_with(prefix.text)) continue;
        if (text.size() == prefix.text.size()) return wrong(format("nothing stands behind {}", quoted(text)));
        return ContextLocation{prefix.kind, std::string(text.substr(prefix.text.size()))};
    }
    if (text.starts_with("service:"))
        return wrong(format("{} is compose's spelling", quoted(text)),
                     format("did you mean {}?", quoted(format("target:{}", text.substr(8)))));
    MABPLAN_TRY(git, parse_git_reference(text));
    if (git) return ContextLocation{ContextKind::Git, std::string(text)};
    if (is_http(text)) return ContextLocation{ContextKind::Http, std::string(text)};
    if (const auto scheme = scheme_of(text)) return wrong(format("the scheme {} of a build context is not known", quoted(*scheme)));
    return ContextLocation{ContextKind::Directory, std::string(text)};
}

Status check_context_name(std::string_view name) {
    if (name.empty()) return input_error("a build context needs a name: it is what FROM and COPY --from call it");
    if (!equal_ignoring_case(name, "context")) return {};
    return fail(ErrorKind::Input, format("no build context may be named {}: that is the build context itself", quoted(name)),
                "give it another name, and use that in FROM or COPY --from");
}

std::string format_context_location(const ContextLocation& location) {
    for (const Prefix& prefix : kPrefixes)
        if (prefix.kind == location.kind) return format("{}{}", prefix.text, location.location);
    return location.location;
}

}  // namespace mabplan::compiler
