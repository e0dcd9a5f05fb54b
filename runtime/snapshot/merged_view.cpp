#include "runtime/snapshot/merged_view.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/file.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kRememberedHandles = 256;  // of directories, all layers together: fewer than files may be open
constexpr int kMaxLinks = 40;                    // as Linux has it (path_resolution(7))

// What the stack has at one directory path, top first, down to the first layer that has something else there.
struct MergedDirectory {
    std::vector<std::shared_ptr<LayerFolder>> layers;
    std::size_t shown = 0;  // of them; the others are hidden, and yet directories that no layer above describes are as they have them
    TreeEntry facts;
    bool inherits = false;  // the topmost layer does not describe it, one below does
};

// Whatever the caller wrote, as a clean path from the root.
std::string rooted(std::string_view path) {
    const std::string clean = clean_path("/" + std::string(path));
    return clean == "/" ? "." : clean.substr(1);
}

// The merged directory made of what each layer has, or nothing if the topmost is no directory.
struct Merge {
    MergedDirectory directory;
    bool described = false;
    bool hidden = false;  // is what the layers below have in it

    void add(LayerItem item) {
        if (!item.implicit && !described) {
            directory.facts = std::move(item.facts);
            directory.inherits = !directory.layers.empty();
            described = true;
        }
        directory.layers.push_back(std::move(item.folder));
        if (!hidden) ++directory.shown;
        hidden = hidden || item.opaque;
    }
};

}  // namespace

struct MergedView::State {
    // What the stack shows at `name` of a directory: a directory with all its layers, or one entry, or nothing.
    struct Shown {
        std::shared_ptr<MergedDirectory> directory;
        std::optional<LayerItem> other;
    };

    Result<Shown> look_up(const MergedDirectory& parent, const std::string& name, const std::string& path);
    Result<std::shared_ptr<MergedDirectory>> directory(const std::string& path);
    Result<Shown> look(const std::string& path);

    std::shared_ptr<MergedDirectory> root;
    bool implies = false;  // some layer has directories that it does not describe: only then what is hidden can matter
    std::map<std::string, std::shared_ptr<MergedDirectory>> known;
    std::size_t handles = 0;  // open in `known`
};

Result<MergedView::State::Shown> MergedView::State::look_up(const MergedDirectory& parent, const std::string& name,
                                                            const std::string& path) {
    Merge merge;
    for (std::size_t layer = 0; layer < parent.layers.size(); ++layer) {
        merge.hidden = merge.hidden || layer >= parent.shown;
        if (merge.hidden && (merge.directory.layers.empty() || !implies)) break;
        MABPLAN_TRY(item, parent.layers[layer]->find(name, path));
        if (!item) continue;
        if (item->whiteout) break;
        const bool is_directory = item->facts.type == FileType::Directory;
        if (!is_directory && merge.directory.layers.empty()) return Shown{nullptr, std::move(*item)};
        if (!is_directory) break;
        merge.add(std::move(*item));
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
    std::size_t more = 0;
    for (const auto& layer : shown.directory->layers) more += layer->descriptors();
    handles += more;
    if (handles > kRememberedHandles) {
        known.clear();
        handles = more;
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
    std::vector<std::shared_ptr<LayerFolder>> layers;
    for (const std::string& directory : directories) {
        MABPLAN_TRY(layer, open_snapshot_folder(directory));
        layers.push_back(std::move(layer));
    }
    return of(layers);
}

Result<MergedView> MergedView::of(const std::vector<std::shared_ptr<LayerFolder>>& layers) {
    auto state = std::make_unique<State>();
    state->implies = std::any_of(layers.begin(), layers.end(), [](const auto& layer) { return layer->implies(); });
    Merge merge;
    for (std::size_t layer = layers.size(); layer-- > 0 && (!merge.hidden || state->implies);) {
        MABPLAN_TRY(root, layers[layer]->self("/"));
        merge.add(std::move(root));
    }
    if (!merge.described) merge.directory.facts = implicit_facts(".");
    state->root = std::make_shared<MergedDirectory>(std::move(merge.directory));
    return MergedView(std::move(state));
}

Result<std::optional<TreeEntry>> MergedView::stat(std::string_view path) {
    MABPLAN_TRY(shown, state_->look(rooted(path)));
    if (shown.directory) return std::optional<TreeEntry>(shown.directory->facts);
    if (!shown.other) return std::nullopt;
    return std::optional<TreeEntry>(std::move(shown.other->facts));
}

Result<std::optional<TreeEntry>> MergedView::inherited(std::string_view directory) {
    MABPLAN_TRY(merged, state_->directory(rooted(directory)));
    if (!merged || !merged->inherits) return std::nullopt;
    return std::optional<TreeEntry>(merged->facts);
}

Result<FolderEntries> MergedView::list(std::string_view directory) {
    const std::string path = rooted(directory);
    MABPLAN_TRY(merged, state_->directory(path));
    if (!merged) return input_error(format("{} is no directory", quoted("/" + (path == "." ? "" : path))));
    std::vector<std::string> names;
    for (std::size_t layer = 0; layer < merged->shown; ++layer) {
        MABPLAN_TRY(listed, merged->layers[layer]->names(path));
        names.insert(names.end(), std::make_move_iterator(listed.begin()), std::make_move_iterator(listed.end()));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    FolderEntries entries;
    for (const std::string& name : names) {
        MABPLAN_TRY(entry, stat(path_in(path, name)));
        if (entry) entries.push_back(std::move(*entry));
    }
    return entries;
}

Result<Fd> MergedView::open_file(std::string_view path) {
    MABPLAN_TRY(shown, state_->look(rooted(path)));
    if (shown.other && shown.other->facts.type == FileType::File) return std::move(shown.other->file);
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

namespace {

// The parts of a path onto those that are still to be walked, last first.
void push_parts(std::vector<std::string>& rest, std::string_view path) {
    const std::vector<std::string_view> parts = split(path, '/');
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
        if (!part->empty() && *part != ".") rest.emplace_back(*part);
}

std::string path_of(const std::vector<std::string>& parts) { return parts.empty() ? std::string(".") : format("{}", join(parts, "/")); }

}  // namespace

Result<std::string> MergedView::resolve(std::string_view path, bool follow_last) {
    std::vector<std::string> done;
    std::vector<std::string> rest;  // what is still to be walked, last first
    push_parts(rest, path);
    for (int links = 0; !rest.empty();) {
        const std::string part = std::move(rest.back());
        rest.pop_back();
        if (part == "..") {
            if (!done.empty()) done.pop_back();
            continue;
        }
        done.push_back(part);
        if (rest.empty() && !follow_last) break;
        MABPLAN_TRY(entry, stat(path_of(done)));
        if (!entry || entry->type != FileType::Symlink) continue;
        if (++links > kMaxLinks)
            return input_error(
                format("{} leads through more than {} symlinks: they form a loop", quoted("/" + std::string(path)), kMaxLinks));
        if (entry->link_target.starts_with('/')) done.clear();
        else done.pop_back();
        push_parts(rest, entry->link_target);
    }
    return path_of(done);
}

}  // namespace mabplan::runtime
