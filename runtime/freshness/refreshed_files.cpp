#include "runtime/freshness/refreshed_files.h"

#include "plans/base/text.h"
#include "runtime/freshness/cache_mtimes.h"
#include "runtime/snapshot/file_facts.h"
#include "runtime/snapshot/folders_beneath.h"
#include "runtime/snapshot/merged_view.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kMostAtOnce = 1U << 30U;

void set_mtime(TreeEntry& facts, std::int64_t time) {
    facts.mtime_s = time / kNanosecondsPerSecond;
    facts.mtime_ns = static_cast<std::uint32_t>(time % kNanosecondsPerSecond);
}

// Shares the blocks where the file system can.
Status copy_content(Fd from, int to, const std::string& path) {
    if (::ioctl(to, FICLONE, from.get()) == 0) return {};
    for (;;) {
        const ssize_t count = ::copy_file_range(from.get(), nullptr, to, nullptr, kMostAtOnce, 0);
        if (count == 0) return {};
        if (count > 0 || errno == EINTR) continue;
        if (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return system_error(errno, "copy", path);
        break;
    }
    const auto source = read_from(from.release(), path);
    const auto sink = write_to(to, path);
    MABPLAN_CHECK(copy_bytes(*source, *sink));
    return {};
}

class Refreshing {
public:
    Refreshing(MergedView view, Fd root) : view_(std::move(view)), beneath_(std::move(root)), facts_(OwnerPolicy::Keep) {
        directories_["."];
    }

    Status add(const RefreshedFile& file);
    // When all is in them.
    Status finish_directories(const std::string& top);

private:
    Status add_file(const std::string& path, const TreeEntry& facts);
    Result<int> open_parent(const std::string& path);
    Result<bool> link(const std::string& first, const std::string& path);

    MergedView view_;
    FoldersBeneath beneath_;
    FactsWriter facts_;
    std::map<std::string, std::int64_t> directories_;  // path -> mtime; 0: its own
    std::map<std::pair<std::uint64_t, std::int64_t>, std::string> first_names_;
};

Result<int> Refreshing::open_parent(const std::string& path) {
    return beneath_.open(parent_path(path), [this](int parent, const std::string& name, const std::string& made) -> Status {
        if (::mkdirat(parent, name.c_str(), 0700) != 0) return system_error(errno, "make the folder", made);
        directories_.emplace(made, 0);
        return {};
    });
}

Status Refreshing::add(const RefreshedFile& file) {
    const std::string path = file.path.empty() ? "." : file.path;
    MABPLAN_TRY(facts, view_.stat(path));
    if (!facts) return {};
    if (facts->type == FileType::Directory) {
        MABPLAN_CHECK(open_parent(path == "." ? "x" : path + "/x"));
        directories_[path] = file.mtime_ns;
        return {};
    }
    if (facts->type != FileType::File && facts->type != FileType::Symlink) return {};
    set_mtime(*facts, file.mtime_ns);
    if (facts->hardlink != 0) {
        const auto [first, is_first] = first_names_.emplace(std::pair(facts->hardlink, file.mtime_ns), path);
        if (!is_first) {
            MABPLAN_TRY(linked, link(first->second, path));
            if (linked) return {};
        }
    }
    return add_file(path, *std::move(facts));
}

Status Refreshing::add_file(const std::string& path, const TreeEntry& facts) {
    MABPLAN_TRY(parent, open_parent(path));
    const std::string name(base_name(path));
    if (facts.type == FileType::Symlink) {
        if (::symlinkat(facts.link_target.c_str(), parent, name.c_str()) != 0) return system_error(errno, "make the link", path);
        return facts_.apply_at(parent, name, facts, path);
    }
    const Fd made(::openat(parent, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!made.valid()) return system_error(errno, "create", path);
    MABPLAN_TRY(content, view_.open_file(path));
    MABPLAN_CHECK(copy_content(std::move(content), made.get(), path));
    return facts_.apply(made.get(), facts, path);
}

// False if the file has as many names as its file system allows.
Result<bool> Refreshing::link(const std::string& first, const std::string& path) {
    MABPLAN_TRY(first_parent, open_parent(first));
    const Fd from(::fcntl(first_parent, F_DUPFD_CLOEXEC, 0));
    if (!from.valid()) return system_error(errno, "open the folder", parent_path(first));
    MABPLAN_TRY(parent, open_parent(path));
    if (::linkat(from.get(), std::string(base_name(first)).c_str(), parent, std::string(base_name(path)).c_str(), 0) == 0) return true;
    if (errno == EMLINK) return false;
    return system_error(errno, "make the hard link", path);
}

// The root is shown as the topmost layer has it, whatever the layers below say.
Status Refreshing::finish_directories(const std::string& top) {
    struct stat root {};
    if (::lstat(top.c_str(), &root) != 0) return system_error(errno, "read the layer", top);
    for (auto at = directories_.rbegin(); at != directories_.rend(); ++at) {  // children before their parents
        const auto& [path, time] = *at;
        MABPLAN_TRY(handle, open_parent(path == "." ? "x" : path + "/x"));
        MABPLAN_TRY(facts, view_.stat(path));
        if (!facts) continue;
        if (path == ".") {
            facts->mode = root.st_mode & 07777U;
            facts->uid = root.st_uid;
            facts->gid = root.st_gid;
            facts->mtime_s = root.st_mtim.tv_sec;
            facts->mtime_ns = static_cast<std::uint32_t>(root.st_mtim.tv_nsec);
        }
        if (time != 0) set_mtime(*facts, time);
        MABPLAN_CHECK(facts_.apply(handle, *facts, path));
    }
    return {};
}

}  // namespace

Status make_refreshed_folder(const std::string& folder, const std::vector<std::string>& lower_dirs,
                             const std::vector<RefreshedFile>& files) {
    MABPLAN_CHECK(make_directories(folder, 0700));
    MABPLAN_TRY(root, open_file(folder, O_RDONLY | O_DIRECTORY));
    MABPLAN_TRY(view, MergedView::open(lower_dirs));
    Refreshing refreshing(std::move(view), std::move(root));
    for (const RefreshedFile& file : files) MABPLAN_CHECK(refreshing.add(file));
    return refreshing.finish_directories(lower_dirs.back());
}

}  // namespace mabplan::runtime
