#include "tools/mabplan/project_files.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/text_in_tree.h"

#include <filesystem>

namespace mabplan::tools {

namespace {

// Where a file lies within a folder, however the links to it are written: "/home/me/app/ignore" and "../app/ignore" are inside of app.
// Nothing if it is not there, or elsewhere.
std::optional<std::string> real_path_inside(const std::string& folder, const std::string& path) {
    std::error_code error;
    const std::string real_folder = std::filesystem::canonical(folder, error).string();
    if (error) return std::nullopt;
    const std::string real = std::filesystem::canonical(path, error).string();
    const std::string prefix = real_folder == "/" ? real_folder : real_folder + "/";
    if (error || !real.starts_with(prefix)) return std::nullopt;
    return real.substr(prefix.size());
}

}  // namespace

DiskProjectFiles::~DiskProjectFiles() = default;

Result<std::optional<std::string>> DiskProjectFiles::read_text(const std::string& folder, const std::string& path) {
    const std::string full = join_path(folders_.root(), path);
    if (!folder.empty()) {
        MABPLAN_TRY(tree, this->tree(folder));
        const std::string asked = clean_path(path.substr(folder.size() + 1));
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-static-cast-downcast): folders of this machine are the only trees that it makes
        return read_inside(static_cast<runtime::LocalTree&>(*tree), ".",
                           real_path_inside(join_path(folders_.root(), folder), full).value_or(asked));
    }
    if (!runtime::path_exists(full)) {
        std::error_code none;
        const auto target = std::filesystem::read_symlink(full, none);
        if (none) return std::optional<std::string>{};
        return fail(ErrorKind::Input, format("{} is a symbolic link to {}, which leads to nothing", quoted(path), quoted(target.string())),
                    "remove the link, or put there what it names");
    }
    MABPLAN_TRY(text, runtime::read_file(full, kMostTextBytes));
    return std::optional<std::string>(std::move(text));
}

Result<TreeReader*> DiskProjectFiles::tree(const std::string& folder) {
    const std::string full = join_path(folders_.root(), folder);
    auto& tree = trees_[full];
    if (!tree) {
        MABPLAN_TRY(opened, folders_.open(folder));
        tree = std::move(opened);
    }
    return tree.get();
}

}  // namespace mabplan::tools
