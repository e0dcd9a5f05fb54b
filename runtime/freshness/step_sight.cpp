#include "runtime/freshness/step_sight.h"

#include "plans/base/text.h"
#include "runtime/snapshot/merged_view.h"
#include "runtime/sys/xxh3.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

constexpr int kMaxLinks = 40;  // as Linux has it (path_resolution(7))

bool is_at_or_below(std::string_view path, std::string_view target) {
    return path.starts_with(target) && (path.size() == target.size() || path[target.size()] == '/');
}

Result<std::string> resolved_source(const std::vector<std::string>& lower_dirs, const std::string& source) {
    MABPLAN_TRY(view, MergedView::open(lower_dirs));
    MABPLAN_TRY(path, view.resolve(source.substr(1), true));
    return path == "." ? std::string() : path;
}

}  // namespace

std::uint64_t path_key(std::string_view path) { return xxh3_64(path); }

Result<StepSight> StepSight::look(const SeenLayers& layers, const std::vector<std::string>& lower_dirs,
                                  const std::vector<StepMount>& mounts) {
    StepSight sight;
    MABPLAN_CHECK(sight.add(layers, {{}, lower_dirs, {}, {}}));
    for (const StepMount& mount : mounts) {
        sight.targets_.push_back(mount.target);
        const auto* mounted = std::get_if<LayersMount>(&mount.what);
        if (mounted == nullptr) continue;
        sight.mount_of_.push_back(sight.targets_.size() - 1);
        MABPLAN_TRY(source, resolved_source(mounted->lower_dirs, mounted->source));
        MABPLAN_CHECK(sight.add(layers, {mount.target, mounted->lower_dirs, std::move(source), {}}));
    }
    sight.gather();
    return sight;
}

Result<StepSight> StepSight::with_layer(const SeenLayers& layers, const std::string& layer) const {
    StepSight sight = *this;
    SeenStack root = std::move(sight.stacks_.front());
    std::erase(root.lower_dirs, layer);  // it stands in a stack once: a layer that comes again on top hides all that its earlier self did
    root.lower_dirs.push_back(layer);
    std::vector<SeenStack> mounted(sight.stacks_.begin() + 1, sight.stacks_.end());
    sight.stacks_.clear();
    MABPLAN_CHECK(sight.add(layers, std::move(root)));
    sight.stacks_.insert(sight.stacks_.end(), mounted.begin(), mounted.end());
    sight.gather();
    return sight;
}

Status StepSight::add(const SeenLayers& layers, SeenStack stack) {
    std::vector<StackedLayer> stacked;
    for (const std::string& folder : stack.lower_dirs) {
        MABPLAN_TRY(listing, layers.listings.of(folder));
        stacked.push_back({std::move(listing), layers.made.contains(folder) ? LayerSource::Made : LayerSource::Given});
    }
    stack.listing = std::make_shared<const StackListing>(std::move(stacked));
    stacks_.push_back(std::move(stack));
    return {};
}

// A later mount lies over an earlier one.
bool StepSight::is_hidden(std::size_t stack, std::string_view path) const {
    const std::size_t first = stack == 0 ? 0 : mount_of_[stack - 1] + 1;
    return std::any_of(targets_.begin() + static_cast<std::ptrdiff_t>(first), targets_.end(),
                       [&](const std::string& target) { return is_at_or_below(path, target); });
}

void StepSight::gather() {
    files_.clear();
    for (std::uint32_t stack = 0; stack < stacks_.size(); ++stack) {
        const std::string& source = stacks_[stack].source;
        for (const ShownFile& shown : stacks_[stack].listing->files()) {
            if (!source.empty() && !is_at_or_below(shown.file->path, source)) continue;
            SeenFile file{0, shown.content, shown.file, stack, shown.source};
            const std::string path = path_of(file);
            if (is_hidden(stack, path)) continue;
            file.key = path_key(path);
            files_.push_back(file);
        }
    }
    std::sort(files_.begin(), files_.end(), [](const SeenFile& a, const SeenFile& b) { return a.key < b.key; });
}

std::optional<std::size_t> StepSight::find(std::uint64_t key) const {
    const auto place = std::partition_point(files_.begin(), files_.end(), [&](const SeenFile& file) { return file.key < key; });
    if (place == files_.end() || place->key != key) return std::nullopt;
    return static_cast<std::size_t>(place - files_.begin());
}

std::vector<std::size_t> StepSight::at_and_below(std::size_t index) const {
    std::vector<std::size_t> found{index};
    const SeenFile& top = files_[index];
    if (top.file->kind != ListedKind::Directory) return found;
    const std::vector<ShownFile>& shown = stacks_[top.stack].listing->files();
    const std::string& path = top.file->path;
    auto at = std::partition_point(shown.begin(), shown.end(),
                                   [&](const ShownFile& file) { return !precedes_in_listing(path, file.file->path); });
    for (; at != shown.end() && (path.empty() || is_at_or_below(at->file->path, path)); ++at)
        if (const auto below = find(path_key(path_of({0, {}, at->file, top.stack, at->source})))) found.push_back(*below);
    return found;
}

std::string StepSight::path_of(const SeenFile& file) const {
    const SeenStack& stack = stacks_[file.stack];
    std::string_view rest = file.file->path;
    rest.remove_prefix(std::min(rest.size(), stack.source.empty() ? 0 : stack.source.size() + 1));
    if (rest.empty()) return stack.target;
    return stack.target + "/" + std::string(rest);
}

std::optional<std::string> StepSight::resolve(const std::string& path) const {
    std::string done;
    std::vector<std::string> rest;  // last first
    const auto push = [&rest](std::string_view more) {
        const auto parts = split(more, '/');
        for (auto part = parts.rbegin(); part != parts.rend(); ++part)
            if (!part->empty() && *part != ".") rest.emplace_back(*part);
    };
    push(path);
    for (int links = 0; !rest.empty();) {
        const std::string part = std::move(rest.back());
        rest.pop_back();
        if (part == "..") {
            done.resize(done.empty() ? 0 : done.rfind('/'));
            continue;
        }
        const std::size_t parent = done.size();
        done += "/" + part;
        const auto found = find(path_key(done));
        if (!found || files_[*found].file->kind != ListedKind::Symlink) continue;  // a mount point need not be in any layer
        const ListedFile& file = *files_[*found].file;
        if (++links > kMaxLinks) return std::nullopt;
        done.resize(file.link_target.starts_with('/') ? 0 : parent);
        push(file.link_target);
    }
    return find(path_key(done)) ? std::optional(done) : std::nullopt;
}

}  // namespace mabplan::runtime
