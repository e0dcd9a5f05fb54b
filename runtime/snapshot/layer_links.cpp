#include "runtime/snapshot/layer_links.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/erase_below.h"
#include "runtime/snapshot/layer_path.h"

#include <climits>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr int kMostLinks = 255;                  // of one name, as containerd has it
constexpr std::uint64_t kMostSteps = 1U << 26U;  // far more than any layer needs, and still done within seconds

void push_parts(std::vector<std::string>& rest, std::string_view path) {
    const std::vector<std::string_view> parts = split(path, '/');
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
        if (!part->empty() && *part != ".") rest.emplace_back(*part);
}

}  // namespace

Result<std::string> LayerLinks::resolve_folder(const std::string& path) {
    if (targets_.empty() || path == ".") return path;
    if (path == last_) return last_resolved_;
    MABPLAN_TRY(resolved, walk(path));
    last_ = path;
    last_resolved_ = resolved;
    return resolved;
}

Result<std::string> LayerLinks::resolve(const std::string& path) {
    if (path == ".") return path;
    MABPLAN_TRY(folder, resolve_folder(std::string(parent_path(path))));
    return path_in(folder, base_name(path));
}

Result<std::string> LayerLinks::walk(std::string_view path) {
    std::vector<std::string> rest;  // last first
    push_parts(rest, path);
    std::string done;
    for (int links = 0; !rest.empty();) {
        const std::string part = std::move(rest.back());
        rest.pop_back();
        if (links > 0) MABPLAN_CHECK(check_part(part));
        const std::size_t parent = done.size();
        if (part == "..") {
            const std::size_t slash = done.rfind('/');
            done.resize(slash == std::string::npos ? 0 : slash);
            continue;
        }
        done += (done.empty() ? "" : "/") + part;
        const auto link = targets_.find(done);
        if (link == targets_.end()) continue;
        if (++links > kMostLinks)
            return input_error(format("its name leads through more than {} symlinks of this layer: they form a loop", kMostLinks));
        done.resize(link->second.starts_with('/') ? 0 : parent);
        push_parts(rest, link->second);
    }
    return done.empty() ? "." : done;
}

Status LayerLinks::check_part(std::string_view part) {
    if (++steps_ > kMostSteps)
        return input_error(format("the names of the layer lead through symlinks with more than {} parts", kMostSteps));
    if (part.size() > NAME_MAX)
        return input_error(format("its name leads through a symlink with a part of {} bytes: file systems take {}", part.size(), NAME_MAX));
    if (is_whiteout_name(part))
        return input_error(format("its name leads through a symlink into {}, which is the name of a whiteout", quoted(part)));
    return {};
}

void LayerLinks::remove(const std::string& path) {
    const std::size_t before = targets_.size();
    if (before == 0) return;
    targets_.erase(path);
    erase_below(targets_, path);
    if (targets_.size() != before) last_.clear();
}

void LayerLinks::put_link(const std::string& path, const std::string& target) {
    remove(path);
    targets_[path] = target;
    last_.clear();
}

void LayerLinks::put_folder(const std::string& path) {
    if (targets_.erase(path) > 0) last_.clear();
}

void LayerLinks::put_hard_link(const std::string& target, const std::string& path) {
    if (target == path) return;
    const auto linked = targets_.find(target);
    if (linked == targets_.end()) return remove(path);
    put_link(path, std::string(linked->second));
}

}  // namespace mabplan::runtime
