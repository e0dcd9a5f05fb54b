#include "runtime/snapshot/merged_view.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layer/upper_entry.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kRememberedHandles = 256;  // of directories, all layers together: fewer than files may be open
constexpr int kMaxLinks = 40;  // as Linux has it (path_resolution(7))

struct LayerDirectory {
    std::size_t layer = 0;  // 0 is the bottom
    Fd handle;
};

// What the stack has at one directory path, top first, down to the first layer that hides the rest.
struct MergedDirectory {
    std::vector<LayerDirectory> layers;
    TreeEntry facts;
};

struct Found {
    UpperEntry entry;
    std::size_t layer = 0;
};

// All layers lie on one file system, so the inode tells which names are one file.
std::uint64_t hardlink_of(const Found& found) { return found.entry.links > 1 ? std::uint64_t{found.entry.inode} : 0; }

TreeEntry implicit_facts(std::string name) {
    TreeEntry facts;
    facts.name = std::move(name);
    facts.type = FileType::Directory;
    facts.mode = 0755;
    return facts;
}

// Whatever the caller wrote, as a clean path from the root.
std::string rooted(std::string_view path) {
    const std::string clean = clean_path("/" + std::string(path));
    return clean == "/" ? "." : clean.substr(1);
}

Result<bool> exists(int directory, const std::string& name, const std::string& shown) {
    struct stat facts {};
    if (::fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0) return true;
    if (errno == ENOENT || errno == ENAMETOOLONG) return false;
    return system_error(errno, "look at", shown);
}

// The merged directory made of what each layer has, or nothing if the topmost is no directory.
struct Merge {
    MergedDirectory directory;
    bool described = false;

    // False once the layers below are hidden.
    bool add(Found found) {
        const bool opaque = found.entry.opaque;
        if (!found.entry.implicit && !described) {
            directory.facts = found.entry.facts;
            described = true;
        }
        directory.layers.push_back({found.layer, std::move(found.entry.handle)});
        return !opaque;
    }
};

}  // namespace

struct MergedView::State {
    // What the stack shows at `name` of a directory: a directory with all its layers, or one entry, or nothing.
    struct Shown {
        std::shared_ptr<MergedDirectory> directory;
        std::optional<Found> other;
    };

    Result<Shown> look_up(const MergedDirectory& parent, const std::string& name, const std::string& path);
    Result<std::shared_ptr<MergedDirectory>> directory(const std::string& path);
    Result<Shown> look(const std::string& path);

    std::shared_ptr<MergedDirectory> root;
    std::map<std::string, std::shared_ptr<MergedDirectory>> known;
    std::size_t handles = 0;  // open in `known`
};

Result<MergedView::State::Shown> MergedView::State::look_up(const MergedDirectory& parent, const std::string& name,
                                                            const std::string& path) {
    Merge merge;
    for (const LayerDirectory& layer : parent.layers) {
        MABPLAN_TRY(there, exists(layer.handle.get(), name, path));
        if (!there) continue;
        MABPLAN_TRY(entry, read_upper_entry(layer.handle.get(), name, path));
        if (entry.whiteout) break;
        const bool is_directory = entry.facts.type == FileType::Directory;
        if (!is_directory && merge.directory.layers.empty()) return Shown{nullptr, Found{std::move(entry), layer.layer}};
        if (!is_directory || !merge.add(Found{std::move(entry), layer.layer})) break;
    }
    if (merge.directory.layers.empty()) return Shown{};
    if (!merge.described) merge.directory.facts = implicit_facts(name);
    return Shown{std::make_shared<MergedDirectory>(std::move(merge.directory)), std::nullopt};
}

// Nothing if there is none, or no directory.
Result<std::shared_ptr<MergedDirectory>> MergedView::State::directory(const std::string& path) {
    if (path == ".") return root;
    if (const auto found = known.find(path); found != known.end()) return found->second;
    MABPLAN_TRY(shown, look(path));
    if (!shown.directory) return shown.directory;
    handles += shown.directory->layers.size();
    if (handles > kRememberedHandles) {
        known.clear();
        handles = shown.directory->layers.size();
    }
    known[path] = shown.directory;
    return shown.directory;
}

Result<MergedView::State::Shown> MergedView::State::look(const std::string& path) {
    if (path == ".") return Shown{root, std::nullopt};
    MABPLAN_TRY(parent, directory(std::string(parent_path(path))));
    if (!parent) return Shown{};
    return look_up(*parent, std::string(base_name(path)), path);
}

MergedView::MergedView(std::unique_ptr<State> state) : state_(std::move(state)) {}
MergedView::~MergedView() = default;
MergedView::MergedView(MergedView&&) noexcept = default;
MergedView& MergedView::operator=(MergedView&&) noexcept = default;

Result<MergedView> MergedView::open(const std::vector<std::string>& directories) {
    Merge merge;
    for (std::size_t layer = directories.size(); layer-- > 0;) {
        MABPLAN_TRY(handle, runtime::open_file(directories[layer], O_RDONLY | O_DIRECTORY));
        MABPLAN_TRY(entry, read_upper_entry(handle.get(), ".", directories[layer]));
        if (!merge.add(Found{std::move(entry), layer})) break;
    }
    if (!merge.described) merge.directory.facts = implicit_facts(".");
    auto state = std::make_unique<State>();
    state->root = std::make_shared<MergedDirectory>(std::move(merge.directory));
    return MergedView(std::move(state));
}

Result<std::optional<TreeEntry>> MergedView::stat(std::string_view path) {
    MABPLAN_TRY(shown, state_->look(rooted(path)));
    if (shown.directory) return std::optional<TreeEntry>(shown.directory->facts);
    if (!shown.other) return std::nullopt;
    TreeEntry facts = std::move(shown.other->entry.facts);
    facts.hardlink = hardlink_of(*shown.other);
    return std::optional<TreeEntry>(std::move(facts));
}

Result<std::vector<TreeEntry>> MergedView::list(std::string_view directory) {
    const std::string path = rooted(directory);
    MABPLAN_TRY(merged, state_->directory(path));
    if (!merged) return input_error(format("{} is no directory", quoted("/" + (path == "." ? "" : path))));
    std::vector<std::string> names;
    for (const LayerDirectory& layer : merged->layers) {
        MABPLAN_TRY(listed, list_upper(layer.handle.get(), path));
        for (UpperName& name : listed) names.push_back(std::move(name.name));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::vector<TreeEntry> entries;
    for (const std::string& name : names) {
        MABPLAN_TRY(entry, stat(path_in(path, name)));
        if (entry) entries.push_back(std::move(*entry));
    }
    return entries;
}

Result<Fd> MergedView::open_file(std::string_view path) {
    MABPLAN_TRY(shown, state_->look(rooted(path)));
    if (shown.other && shown.other->entry.facts.type == FileType::File) return std::move(shown.other->entry.handle);
    return input_error(format("{} is no file in the image", quoted("/" + std::string(path))));
}

Result<std::vector<Digest>> MergedView::digests(const std::vector<TreePath>& files) {
    std::vector<Digest> digests;
    for (const TreePath& file : files) {
        MABPLAN_TRY(handle, open_file(file.path));
        const std::unique_ptr<ByteSource> source = read_from(handle.release(), file.path);
        HashingSink hash;
        MABPLAN_CHECK(copy_bytes(*source, hash));
        digests.push_back(hash.finish());
    }
    return digests;
}

Result<std::string> MergedView::resolve(std::string_view path, bool follow_last) {
    std::vector<std::string> done;
    std::vector<std::string> rest;  // what is still to be walked, last first
    const auto push = [&rest](std::string_view more) {
        const std::vector<std::string_view> parts = split(more, '/');
        for (auto part = parts.rbegin(); part != parts.rend(); ++part)
            if (!part->empty() && *part != ".") rest.emplace_back(*part);
    };
    const auto joined = [&done] {
        std::string text;
        for (const std::string& part : done) text += (text.empty() ? "" : "/") + part;
        return text.empty() ? std::string(".") : text;
    };
    push(path);
    for (int links = 0; !rest.empty();) {
        const std::string part = std::move(rest.back());
        rest.pop_back();
        if (part == "..") {
            if (!done.empty()) done.pop_back();
            continue;
        }
        done.push_back(part);
        if (rest.empty() && !follow_last) break;
        MABPLAN_TRY(entry, stat(joined()));
        if (!entry || entry->type != FileType::Symlink) continue;
        if (++links > kMaxLinks)
            return input_error(
                format("{} leads through more than {} symlinks: they form a loop", quoted("/" + std::string(path)), kMaxLinks));
        if (entry->link_target.starts_with('/')) done.clear();
        else done.pop_back();
        push(entry->link_target);
    }
    return joined();
}

}  // namespace mabplan::runtime
