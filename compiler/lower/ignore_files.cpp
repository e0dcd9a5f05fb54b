#include "compiler/lower/ignore_files.h"

#include "compiler/dockerfile/ignore_file.h"
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/follow_inside.h"

namespace mabplan::compiler {

namespace {

constexpr const char* kDockers = ".dockerignore";
constexpr const char* kPodmans = ".containerignore";

// "docker/Dockerfile" for "app/docker/Dockerfile" in "app"; empty if it is written as lying elsewhere.
std::string path_below(const std::string& folder, const std::string& path) {
    if (folder == ".") return path.starts_with('/') || path.starts_with("../") ? std::string{} : path;
    return path.starts_with(folder + "/") ? path.substr(folder.size() + 1) : std::string{};
}

}  // namespace

Result<std::optional<IgnoreFile>> IgnoreFiles::read_one(const std::string& folder, const std::string& path) {
    MABPLAN_TRY(text, files_.read_text(folder, path));
    if (!text) return std::nullopt;
    const std::string shown = clean_path(path);
    MABPLAN_TRY(patterns, parse_ignore_file(std::make_shared<SourceText>(shown, *std::move(text))));
    return IgnoreFile{std::string(base_name(shown)), std::move(patterns)};
}

// `folder` bounds symlinks; empty, nothing does.
Result<std::optional<IgnoreFile>> IgnoreFiles::read(const std::string& folder, const std::string& prefix) {
    MABPLAN_TRY(dockers, read_one(folder, prefix + kDockers));
    MABPLAN_TRY(podmans, files_.read_text(folder, prefix + kPodmans));
    if (!podmans) return dockers;
    const std::string other = clean_path(prefix + kPodmans);
    if (dockers) {
        remarks_.note(format("{} is not looked at: {} goes before it", other, clean_path(prefix + kDockers)));
        return dockers;
    }
    remarks_.note(format("{} is used as the ignore file", other));
    return read_one(folder, prefix + kPodmans);
}

// A Dockerfile elsewhere, also behind a link of the context, lies where the user said, and what is beside it as well: nothing bounds it.
Result<std::optional<IgnoreFile>> IgnoreFiles::read_beside(const std::string& dockerfile, const std::string& folder) {
    const std::string inside = path_below(folder, dockerfile);
    const auto tree = inside.empty() ? Result<TreeReader*>(nullptr) : files_.tree(folder);
    if (!tree || *tree == nullptr) return read({}, dockerfile);
    const auto home = follow_inside(**tree, ".", parent_path(inside));
    return home && *home ? read(folder, format("{}/{}", folder, inside)) : read({}, dockerfile);
}

Result<IgnoreFile> IgnoreFiles::of(const std::string& folder, const std::string& dockerfile) {
    const auto key = std::pair(folder, dockerfile);
    if (const auto found = known_.find(key); found != known_.end()) return found->second;
    std::optional<IgnoreFile> found;
    if (!dockerfile.empty()) {
        MABPLAN_TRY(beside, read_beside(dockerfile, folder));
        found = std::move(beside);
    }
    if (!found) {
        MABPLAN_TRY(at_root, read(folder, folder + "/"));
        found = std::move(at_root);
    }
    return known_[key] = found.value_or(IgnoreFile{});
}

}  // namespace mabplan::compiler
