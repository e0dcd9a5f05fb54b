#include "runtime/exec/remote_layer.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/walk.h"
#include "runtime/context/local_tree.h"
#include "runtime/layer/tree_layer.h"
#include "runtime/sys/file.h"

#include <fcntl.h>

namespace mabplan::runtime {

namespace {

constexpr std::uint32_t kFetchedMode = 0600;

class BlobContent final : public ContentOpener {
public:
    explicit BlobContent(std::string path) : path_(std::move(path)) {}
    Result<OpenedContent> open(const LayerEntry&) override {
        MABPLAN_TRY(file, open_file(path_, O_RDONLY));
        return OpenedContent{std::move(file)};
    }

private:
    std::string path_;
};

class TreeContents final : public ContentOpener {
public:
    TreeContents(LocalTree& tree, const std::string& directory) : tree_(tree), directory_(directory) {}
    Result<OpenedContent> open(const LayerEntry& entry) override {
        MABPLAN_TRY(file, tree_.open_file(path_in(directory_, entry.path)));
        return OpenedContent{std::move(file)};
    }

private:
    LocalTree& tree_;
    const std::string& directory_;
};

// Git knows of a file whether it can be executed; in its own folder also what is not to be written.
std::uint32_t settled_mode(const TreeEntry& entry) {
    if (entry.type == FileType::Directory) return 0755;
    if (entry.type == FileType::Symlink) return 0777;
    const std::uint32_t writable = (entry.mode & 0200U) != 0 ? 0644 : 0444;
    return (entry.mode & 0100U) != 0 ? writable | 0111U : writable;
}

Result<std::string> checked_subdir(LocalTree& tree, const GitAction& git) {
    std::string subdir = clean_path("/" + git.subdir).substr(1);
    if (subdir.empty()) return std::string(".");
    const auto found = tree.stat(subdir);  // follows no symlink
    if (!found || !*found || (*found)->type != FileType::Directory || subdir == ".git" || subdir.starts_with(".git/"))
        return fail(ErrorKind::Registry, format("{} has no directory {} at {}", shown_remote(git.remote), quoted(git.subdir),
                                                git.ref.empty() ? "HEAD" : git.ref));
    return subdir;
}

}  // namespace

Status write_fetched_file(const FetchAction& fetch, const FetchedFile& file, const BlobStore& blobs, const LayerOptions& options,
                          ByteSink& out) {
    const auto size = blobs.size(file.digest);
    if (!size) return fail(ErrorKind::Verify, format("the file {} is not in the store", file.digest.text()));
    LayerEntry entry;
    entry.path = fetch.name;
    entry.entry.mode = kFetchedMode;
    entry.entry.size = *size;
    entry.entry.mtime_s = fetch.modified.value_or(file.modified);
    BlobContent content(blobs.path(file.digest));
    return write_tree_layer({entry}, content, options, out);
}

Status write_git_tree(const GitAction& git, const GitTree& tree, std::int64_t now, const LayerOptions& options, ByteSink& out) {
    DigestCache unused{std::string()};
    MABPLAN_TRY(local, open_local_tree(tree.folder, unused, {}));
    MABPLAN_TRY(subdir, checked_subdir(*local, git));
    const bool keep = git.keep_git_dir && subdir == ".";
    MABPLAN_TRY(excludes, PatternList::compile(keep ? std::vector<std::string>{} : std::vector<std::string>{"**/.git"}));
    LayerEntries entries;
    const auto take = [&](ListedEntry listed) -> Status {
        LayerEntry entry{std::move(listed.path), std::move(listed.entry), {}, LayerMark::None};
        entry.entry.mode = settled_mode(entry.entry);
        entry.entry.uid = entry.entry.gid = 0;
        entry.entry.xattrs.clear();
        entry.entry.mtime_s = git.commit_times ? tree.committed : now;
        entry.entry.mtime_ns = 0;
        entries.push_back(entry);
        return {};
    };
    MABPLAN_CHECK(walk_below(*local, subdir, excludes, nullptr, take));
    TreeContents contents(*local, subdir);
    return write_tree_layer(entries, contents, options, out);
}

}  // namespace mabplan::runtime
