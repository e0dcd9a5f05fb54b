#include "runtime/step/step_noise.h"

#include "plans/base/text.h"
#include "plans/model/noise.h"
#include "runtime/step/compiled_module.h"
#include "runtime/step/npm_index.h"
#include "runtime/sys/fd.h"
#include "runtime/sys/file.h"
#include "runtime/sys/folder_reader.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace mabplan::runtime {

namespace {

// Only the innermost folder is held open: trees may be deeper than files may be open.
class NoiseWalk {
public:
    NoiseWalk(const NoiseTable& table, LowerView& lower, const LayerOptions& options) : table_(table), lower_(lower), options_(options) {}
    Result<std::vector<LeftOut>> run(const std::string& upper);

private:
    struct Level {
        std::string path;
        std::vector<std::string> folders;  // in it, not yet entered
    };
    struct Match {
        std::string name;
        const NoiseRule* rule;
    };

    Status enter(const std::string& name);
    Status leave();
    Status read_folder(std::string path);
    Status act(const std::vector<Match>& matches, const std::string& folder);
    Status remedy(const Match& match, const std::string& path);
    Status leave_out(const Match& match, const std::string& path);

    const NoiseTable& table_;
    LowerView& lower_;
    const LayerOptions& options_;
    Fd here_;
    std::vector<Level> levels_;
    std::vector<LeftOut> left_out_;
};

Result<std::vector<LeftOut>> NoiseWalk::run(const std::string& upper) {
    MABPLAN_TRY(root, open_file(upper, O_RDONLY | O_DIRECTORY));
    here_ = std::move(root);
    MABPLAN_CHECK(read_folder("."));
    while (!levels_.empty()) {
        std::vector<std::string>& folders = levels_.back().folders;
        if (folders.empty()) {
            MABPLAN_CHECK(leave());
            continue;
        }
        const std::string name = std::move(folders.back());
        folders.pop_back();
        MABPLAN_CHECK(enter(name));
    }
    std::sort(left_out_.begin(), left_out_.end(), [](const LeftOut& a, const LeftOut& b) { return a.path < b.path; });
    return std::move(left_out_);
}

Status NoiseWalk::enter(const std::string& name) {
    std::string path = path_in(levels_.back().path, name);
    here_.reset(::openat(here_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!here_.valid()) return system_error(errno, "open the folder", path);
    return read_folder(std::move(path));
}

Status NoiseWalk::leave() {
    levels_.pop_back();
    if (levels_.empty()) return {};
    here_.reset(::openat(here_.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!here_.valid()) return system_error(errno, "open the folder", levels_.back().path);
    return {};
}

// The type as the file system gives it with the name, or by looking.
bool is_folder(int directory, const dirent& found) {
    if (found.d_type != DT_UNKNOWN) return found.d_type == DT_DIR;
    struct stat facts {};
    return ::fstatat(directory, found.d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(facts.st_mode);
}

Status NoiseWalk::read_folder(std::string path) {
    const std::vector<std::size_t> rules = table_.rules_in(path);
    FolderReader reader(reopen_folder(here_.get()));
    std::vector<std::string> folders;
    std::vector<Match> matches;
    while (const dirent* found = reader.next()) {
        const std::string_view name = found->d_name;
        if (is_folder(here_.get(), *found)) folders.emplace_back(name);
        else if (const NoiseRule* rule = rules.empty() ? nullptr : table_.find(rules, name)) matches.push_back({std::string(name), rule});
    }
    if (reader.error() != 0) return system_error(reader.error(), "read the folder", path);
    MABPLAN_CHECK(act(matches, path));
    levels_.push_back({std::move(path), std::move(folders)});
    return {};
}

// The folder has the times afterwards that it had before: what was done in it for noise alone is not to be seen in it.
Status NoiseWalk::act(const std::vector<Match>& matches, const std::string& folder) {
    if (matches.empty()) return {};
    struct stat before {};
    if (::fstat(here_.get(), &before) != 0) return system_error(errno, "look at", folder);
    for (const Match& match : matches) {
        const std::string path = path_in(folder, match.name);
        struct stat facts {};
        if (::fstatat(here_.get(), match.name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return system_error(errno, "look at", path);
        if (!S_ISREG(facts.st_mode)) continue;
        MABPLAN_CHECK(remedy(match, path));
    }
    const std::array<timespec, 2> times{{{0, UTIME_OMIT}, before.st_mtim}};
    if (::futimens(here_.get(), times.data()) != 0) return system_error(errno, "set the time of", folder);
    return {};
}

Status NoiseWalk::remedy(const Match& match, const std::string& path) {
    switch (match.rule->remedy) {
        case NoiseRemedy::LeftAsBelow: return leave_out(match, path);
        case NoiseRemedy::TimeOfSource: return settle_source_time(here_.get(), match.name, path, lower_, options_);
        case NoiseRemedy::TimeOfLayer: return settle_npm_times(here_.get(), match.name, path, options_);
    }
    return {};
}

Status NoiseWalk::leave_out(const Match& match, const std::string& path) {
    if (::unlinkat(here_.get(), match.name.c_str(), 0) != 0) return system_error(errno, "remove", path);
    left_out_.push_back({"/" + path, std::string(match.rule->what)});
    return {};
}

}  // namespace

Result<std::vector<LeftOut>> take_out_noise(const std::string& upper, LowerView& lower, const LayerOptions& options) {
    static const NoiseTable table;  // it never changes, and compiling it takes longer than going over what a small step left
    return NoiseWalk(table, lower, options).run(upper);
}

}  // namespace mabplan::runtime
