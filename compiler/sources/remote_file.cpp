#include "compiler/sources/remote_file.h"

#include "compiler/sources/git_reference.h"
#include "compiler/sources/url.h"
#include "plans/base/text.h"

namespace mabplan::compiler {

bool is_http_source(std::string_view text) {
    if (!text.starts_with("http://") && !text.starts_with("https://")) return false;
    const auto git = parse_git_reference(text);
    return git && !git->has_value();
}

std::string remote_file_name(std::string_view text) {
    const auto url = Url::parse(text);
    const std::string name = url ? std::string(base_name(url->path)) : std::string{};
    const bool no_name = name.empty() || name == "/" || name == "." || name == ".." || name.find('\0') != std::string::npos;
    return no_name ? "__unnamed__" : name;
}

}  // namespace mabplan::compiler
