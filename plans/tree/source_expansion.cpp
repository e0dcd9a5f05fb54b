#include "plans/tree/source_expansion.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "plans/tree/follow_path.h"

#include <algorithm>

namespace mabplan {

namespace {

struct WildcardWord {
    std::string prefix;                   // the components before the first wildcard
    std::vector<std::string> components;  // from there on
};

WildcardWord split_wildcards(const std::string& path) {
    WildcardWord word{".", {}};
    for (const std::string_view part : split(path, '/')) {
        if (word.components.empty() && !has_glob(part)) word.prefix = path_below(word.prefix, part);
        else word.components.emplace_back(part);
    }
    return word;
}

// Adds the paths below `directory` that the components match from number `at` on, in the order of a walk.
Status match_below(TreeReader& tree, const std::string& directory, const std::vector<std::string>& components, std::size_t at,
                   std::vector<std::string>& matches) {
    MABPLAN_TRY(entries, tree.list(directory));
    for (const TreeEntry& entry : entries) {
        MABPLAN_TRY(matched, glob_match(components[at], entry.name));
        if (!matched) continue;
        const std::string path = path_below(directory, entry.name);
        if (at + 1 == components.size()) matches.push_back(path);
        else if (entry.type == FileType::Directory) MABPLAN_CHECK(match_below(tree, path, components, at + 1, matches));
    }
    return {};
}

LastSymlink last_symlink(const SelectionOptions& options) {
    return options.top_symlinks == TopSymlinks::Follow ? LastSymlink::Follow : LastSymlink::Keep;
}

Result<std::vector<std::string>> match_wildcards(TreeReader& tree, const std::string& path, const SelectionOptions& options) {
    const WildcardWord word = split_wildcards(path);
    for (const std::string& component : word.components) MABPLAN_CHECK(glob_match(component, ""));  // malformed is an error in any tree
    MABPLAN_TRY(start, follow_path(tree, word.prefix, LastSymlink::Follow));
    if (!start) return fail(missing_source(tree, word.prefix, options));
    std::vector<std::string> matches;
    if (start->entry.type == FileType::Directory) MABPLAN_CHECK(match_below(tree, start->path, word.components, 0, matches));
    return matches;
}

// The hint of a missing path: the nearest name beside it.
std::string nearest_path(TreeReader& tree, const std::string& path) {
    const std::string directory(parent_path(path));
    const auto parent = follow_path(tree, directory, LastSymlink::Follow);
    if (!parent || !*parent || (*parent)->entry.type != FileType::Directory) return {};
    const auto entries = tree.list((*parent)->path);
    if (!entries) return {};
    std::vector<std::string> names;
    for (const TreeEntry& entry : *entries) names.push_back(entry.name);
    const std::string name = nearest_word(base_name(path), names);
    return name.empty() ? std::string{} : path_below(directory, name);
}

bool exists(TreeReader& tree, const std::string& path) {
    const auto found = follow_path(tree, path, LastSymlink::Keep);
    return found && *found;
}

}  // namespace

std::string tree_path(std::string_view word) {
    const std::string absolute = clean_path(format("/{}", word));
    return absolute == "/" ? "." : absolute.substr(1);
}

std::string path_below(std::string_view directory, std::string_view name) {
    if (directory == "." || directory.empty()) return std::string(name);
    if (name == ".") return std::string(directory);
    std::string path;
    path.reserve(directory.size() + 1 + name.size());
    return path.append(directory).append("/").append(name);
}

Error missing_source(TreeReader& tree, std::string_view path, const SelectionOptions& options) {
    const std::string wanted(path);
    Error error{ErrorKind::Input, format("{}: not found", quoted("/" + wanted))};
    error.cause = RefusedSource{"/" + wanted};
    const auto link = follow_path(tree, wanted, LastSymlink::Keep);
    if (link && *link && (*link)->entry.type == FileType::Symlink) {
        error.hint = format("it is a symbolic link to {}, which is not there", quoted((*link)->entry.link_target));
    } else if (exists(tree, wanted)) {
        error.hint = "a folder on the way to it is a symbolic link, which is not followed here";
    } else if (options.own.matches(wanted)) {
        error.hint =
            "the build itself writes it (an output, --iidfile, --metadata-file, the plan, the store): that is no part of the context";
    } else if (options.unfiltered != nullptr && exists(*options.unfiltered, wanted)) {
        error.hint = format("it is there, but {} excludes it", options.ignore_name);
    } else if (const std::string nearest = nearest_path(tree, wanted); !nearest.empty()) {
        error.hint = format("did you mean {}?", quoted("/" + nearest));
    }
    return error;
}

Result<std::vector<ExpandedSource>> expand_source(TreeReader& tree, std::string_view word, const SelectionOptions& options) {
    const std::string path = tree_path(word);
    const bool wildcard = options.wildcards == SourceWildcards::Expand && has_glob(path);
    std::vector<std::string> paths{path};
    if (wildcard) {
        MABPLAN_TRY(matches, match_wildcards(tree, path, options));
        paths = std::move(matches);
    }
    std::vector<ExpandedSource> expanded;
    for (const std::string& candidate : paths) {
        MABPLAN_TRY(found, follow_path(tree, candidate, last_symlink(options)));
        if (!found) return fail(missing_source(tree, candidate, options));
        const std::string name(base_name(candidate));
        if (wildcard && found->entry.type != FileType::Directory && options.excludes.matches(name)) continue;
        expanded.push_back({std::move(*found), name});
    }
    return expanded;
}

}  // namespace mabplan
