#include "runtime/snapshot/layer_folder.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layer/tar_reader.h"
#include "runtime/layer/tree_layer.h"
#include "runtime/layer/upper_entry.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <map>
#include <utility>

namespace mabplan::runtime {

namespace {

Result<bool> exists(int directory, const std::string& name, const std::string& shown) {
    struct stat facts {};
    if (::fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0) return true;
    if (errno == ENOENT || errno == ENAMETOOLONG) return false;
    return system_error(errno, "look at", shown);
}

// By directory, then by name.
using Devices = std::map<std::string, std::map<std::string, TreeEntry>>;

Result<std::shared_ptr<const Devices>> read_devices(const std::string& path) {
    if (!path_exists(path)) return std::shared_ptr<const Devices>();
    MABPLAN_TRY(file, open_file(path, O_RDONLY));
    const auto source = read_from(file.release(), path);
    TarReader tar(*source);
    auto devices = std::make_shared<Devices>();
    for (;;) {
        MABPLAN_TRY(next, tar.next());
        if (!next) return std::shared_ptr<const Devices>(std::move(devices));
        TreeEntry& device = (*devices)[std::string(parent_path(next->path))][std::string(base_name(next->path))];
        device = next->entry;
        device.name = base_name(next->path);
    }
}

class SnapshotFolder final : public LayerFolder, public std::enable_shared_from_this<SnapshotFolder> {
public:
    SnapshotFolder(Fd handle, std::string path, std::shared_ptr<const Devices> devices, bool implies)
        : handle_(std::move(handle)), path_(std::move(path)), devices_(std::move(devices)), implies_(implies) {}

    Result<LayerItem> self(const std::string& shown) override {
        MABPLAN_TRY(item, read(".", shown));
        item.folder = shared_from_this();  // one descriptor is enough
        return item;
    }

    Result<std::optional<LayerItem>> find(const std::string& name, const std::string& shown) override {
        MABPLAN_TRY(there, exists(handle_.get(), name, shown));
        if (!there) return find_device(name);
        MABPLAN_TRY(item, read(name, shown));
        return std::optional<LayerItem>(std::move(item));
    }

    Result<std::vector<std::string>> names(const std::string& shown) override {
        MABPLAN_TRY(listed, list_upper(handle_.get(), shown));
        std::vector<std::string> names;
        for (UpperName& name : listed) names.push_back(std::move(name.name));
        if (const auto* here = devices_here())
            for (const auto& [name, device] : *here) names.push_back(name);
        return names;
    }

    std::size_t descriptors() const override { return 1; }
    bool implies() const override { return implies_; }

private:
    const std::map<std::string, TreeEntry>* devices_here() const {
        if (!devices_) return nullptr;
        const auto here = devices_->find(path_);
        return here == devices_->end() ? nullptr : &here->second;
    }

    std::optional<LayerItem> find_device(const std::string& name) const {
        const auto* here = devices_here();
        if (here == nullptr || !here->contains(name)) return std::nullopt;
        LayerItem item;
        item.facts = here->at(name);
        return item;
    }

    Result<LayerItem> read(const std::string& name, const std::string& shown) const {
        MABPLAN_TRY(entry, read_upper_entry(handle_.get(), name, shown));
        LayerItem item{std::move(entry.facts), entry.whiteout, entry.opaque, entry.implicit, {}, {}};
        if (item.facts.type == FileType::Directory)
            item.folder = std::make_shared<SnapshotFolder>(std::move(entry.handle), path_in(path_, name), devices_, implies_);
        else item.file = std::move(entry.handle);
        // all snapshots lie on one file system, so the inode tells which names are one file
        if (item.facts.type != FileType::Directory && entry.links > 1) item.facts.hardlink = entry.inode;
        return item;
    }

    Fd handle_;
    std::string path_;  // in the layer
    std::shared_ptr<const Devices> devices_;
    bool implies_;
};

}  // namespace

TreeEntry implicit_facts(std::string name) {
    TreeEntry facts;
    facts.name = std::move(name);
    facts.type = FileType::Directory;
    facts.mode = 0755;
    return facts;
}

Status write_devices(const std::string& path, const LayerEntries& devices) {
    MABPLAN_TRY(file, open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));
    const auto sink = write_to(file.get(), path);
    NoContents contents;
    return write_tree_layer(devices, contents, {}, *sink);
}

Status write_implied(const std::string& path, const std::vector<std::string>& implied) {
    std::string text;
    for (const std::string& folder : implied) text += folder + '\0';
    return write_file(path, text, 0644, Durability::Cached);
}

Result<std::vector<std::string>> read_implied(const std::string& directory) {
    constexpr std::uint64_t kMostBytes = 2ULL << 30U;  // more than unpacking takes
    std::vector<std::string> implied;
    const std::string path = format("{}/{}", parent_path(directory), kImpliedFile);
    if (!path_exists(path)) return implied;
    MABPLAN_TRY(text, read_file(path, kMostBytes));
    for (std::size_t at = 0, end = 0; (end = text.find('\0', at)) != std::string::npos; at = end + 1)
        implied.push_back(text.substr(at, end - at));
    return implied;
}

Result<std::shared_ptr<LayerFolder>> open_snapshot_folder(const std::string& directory) {
    MABPLAN_TRY(handle, open_file(directory, O_RDONLY | O_DIRECTORY));
    MABPLAN_TRY(devices, read_devices(format("{}/{}", parent_path(directory), kDevicesFile)));
    const bool implies = path_exists(format("{}/{}", parent_path(directory), kImpliedFile));
    return std::shared_ptr<LayerFolder>(std::make_shared<SnapshotFolder>(std::move(handle), ".", std::move(devices), implies));
}

}  // namespace mabplan::runtime
