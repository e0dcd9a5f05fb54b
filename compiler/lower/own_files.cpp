#include "compiler/lower/own_files.h"

#include "plans/base/text.h"

#include <set>

namespace mabplan::compiler {

namespace {

std::string as_pattern(std::string_view path) {
    std::string pattern;
    for (const char c : path) {
        if (std::string_view("*?[\\").find(c) != std::string_view::npos || (c == '!' && pattern.empty())) pattern += '\\';
        pattern += c;
    }
    return pattern;
}

}  // namespace

std::vector<std::string> own_patterns(const OwnFiles& own, const std::string& folder) {
    const std::string base = join_path(own.root.empty() ? "/" : own.root, folder);
    const std::string prefix = base == "/" ? base : base + "/";
    std::set<std::string> patterns;
    for (const std::string& path : own.paths) {
        const std::string whole = join_path(own.root.empty() ? "/" : own.root, path);
        if (whole.starts_with(prefix) && whole.size() > prefix.size()) patterns.insert(as_pattern(std::string_view(whole).substr(prefix.size())));
    }
    return {patterns.begin(), patterns.end()};
}

}  // namespace mabplan::compiler
