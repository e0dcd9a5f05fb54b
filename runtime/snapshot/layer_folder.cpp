#include "runtime/snapshot/layer_folder.h"

#include "runtime/layer/upper_entry.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace mabplan::runtime {

namespace {

Result<bool> exists(int directory, const std::string& name, const std::string& shown) {
    struct stat facts {};
    if (::fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0) return true;
    if (errno == ENOENT || errno == ENAMETOOLONG) return false;
    return system_error(errno, "look at", shown);
}

class SnapshotFolder final : public LayerFolder, public std::enable_shared_from_this<SnapshotFolder> {
public:
    explicit SnapshotFolder(Fd handle) : handle_(std::move(handle)) {}

    Result<LayerItem> self(const std::string& shown) override {
        MABPLAN_TRY(item, read(".", shown));
        item.folder = shared_from_this();  // one descriptor is enough
        return item;
    }

    Result<std::optional<LayerItem>> find(const std::string& name, const std::string& shown) override {
        MABPLAN_TRY(there, exists(handle_.get(), name, shown));
        if (!there) return std::optional<LayerItem>{};
        MABPLAN_TRY(item, read(name, shown));
        return std::optional<LayerItem>(std::move(item));
    }

    Result<std::vector<std::string>> names(const std::string& shown) override {
        MABPLAN_TRY(listed, list_upper(handle_.get(), shown));
        std::vector<std::string> names;
        for (UpperName& name : listed) names.push_back(std::move(name.name));
        return names;
    }

    std::size_t descriptors() const override { return 1; }

private:
    Result<LayerItem> read(const std::string& name, const std::string& shown) const {
        MABPLAN_TRY(entry, read_upper_entry(handle_.get(), name, shown));
        LayerItem item{std::move(entry.facts), entry.whiteout, entry.opaque, entry.implicit, {}, {}};
        if (item.facts.type == FileType::Directory) item.folder = std::make_shared<SnapshotFolder>(std::move(entry.handle));
        else item.file = std::move(entry.handle);
        // all snapshots lie on one file system, so the inode tells which names are one file
        if (item.facts.type != FileType::Directory && entry.links > 1) item.facts.hardlink = entry.inode;
        return item;
    }

    Fd handle_;
};

}  // namespace

TreeEntry implicit_facts(std::string name) {
    TreeEntry facts;
    facts.name = std::move(name);
    facts.type = FileType::Directory;
    facts.mode = 0755;
    return facts;
}

Result<std::shared_ptr<LayerFolder>> open_snapshot_folder(const std::string& directory) {
    MABPLAN_TRY(handle, open_file(directory, O_RDONLY | O_DIRECTORY));
    return std::shared_ptr<LayerFolder>(std::make_shared<SnapshotFolder>(std::move(handle)));
}

}  // namespace mabplan::runtime
