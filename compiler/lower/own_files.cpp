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

std::vector<std::string> with_own_patterns(const OwnFiles& own, const std::string& folder, const std::vector<std::string>& patterns) {
    const std::string base = join_path(own.root.empty() ? "/" : own.root, folder);
    const std::string prefix = base == "/" ? base : base + "/";
    std::set<std::string> files, folders;
    for (const std::string& path : own.paths) {
        const std::string whole = join_path(own.root.empty() ? "/" : own.root, path);
        if (!whole.starts_with(prefix) || whole.size() <= prefix.size()) continue;
        const std::string below = whole.substr(prefix.size());
        files.insert(as_pattern(below));
        for (std::size_t slash = below.find('/'); slash != std::string::npos; slash = below.find('/', slash + 1))
            folders.insert(as_pattern(below.substr(0, slash)));
    }
    // An excluded folder is visible while something in it is included; what the user's own list says of it comes after this.
    std::vector<std::string> all;
    for (const std::string& each : folders) {
        all.push_back(each);
        all.push_back("!" + each + "/**");
    }
    all.insert(all.end(), patterns.begin(), patterns.end());
    all.insert(all.end(), files.begin(), files.end());
    return all;
}

}  // namespace mabplan::compiler
