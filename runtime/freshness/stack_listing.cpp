#include "runtime/freshness/stack_listing.h"

#include "plans/base/sha256.h"
#include "plans/base/text.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace mabplan::runtime {

namespace {

using Files = std::vector<ShownFile>;

bool is_below(std::string_view path, std::string_view directory) {
    return directory.empty() ? !path.empty()
                             : path.size() > directory.size() && path[directory.size()] == '/' && path.starts_with(directory);
}

Files::const_iterator end_of_subtree(Files::const_iterator from, Files::const_iterator end, std::string_view directory) {
    return std::partition_point(from, end, [&](const ShownFile& shown) { return is_below(shown.file->path, directory); });
}

// One layer more on top. What lies between its entries is taken over in one piece: most layers are small.
Files lay_over(const Files& below, const StackedLayer& layer) {
    Files files;
    files.reserve(below.size() + layer.listing->size());
    auto at = below.begin();
    for (const ListedFile& file : *layer.listing) {
        const auto place =
            std::partition_point(at, below.end(), [&](const ShownFile& lower) { return precedes_in_listing(lower.file->path, file.path); });
        files.insert(files.end(), at, place);
        at = place;
        ShownFile shown{&file, layer.source, file.content};
        if (at != below.end() && at->file->path == file.path) {
            const bool merges = at->file->kind == ListedKind::Directory && file.kind == ListedKind::Directory;
            if (merges && file.implicit) shown = *at;
            ++at;
            if (!merges || file.opaque) at = end_of_subtree(at, below.end(), file.path);
        }
        if (file.kind != ListedKind::Whiteout) files.push_back(shown);
    }
    files.insert(files.end(), at, below.end());
    return files;
}

// Directories whose names are being gathered, from the root to the innermost.
class NamesInFolders {
public:
    explicit NamesInFolders(Files& files) : files_(files) {}

    void add(std::size_t index) {
        const ListedFile& file = *files_[index].file;
        while (!open_.empty() && !is_below(file.path, files_[open_.back().index].file->path)) close();
        if (!open_.empty()) open_.back().names += std::string(base_name(file.path)) + '/';
        if (file.kind == ListedKind::Directory) open_.push_back({index, {}});
    }
    void finish() {
        while (!open_.empty()) close();
    }

private:
    struct Folder {
        std::size_t index;
        std::string names;
    };
    void close() {
        files_[open_.back().index].content = fingerprint_of(ListedKind::Directory, open_.back().names);
        open_.pop_back();
    }

    Files& files_;
    std::vector<Folder> open_;
};

}  // namespace

StackListing::StackListing(std::vector<StackedLayer> layers) : layers_(std::move(layers)) {
    for (const StackedLayer& layer : layers_) files_ = lay_over(files_, layer);
    NamesInFolders names(files_);
    for (std::size_t index = 0; index < files_.size(); ++index) names.add(index);
    names.finish();
}

}  // namespace mabplan::runtime
