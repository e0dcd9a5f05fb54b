#include "runtime/snapshot/layer_walk.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/layer_xattr.h"
#include "runtime/layer/file_capability.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/snapshot/layer_links.h"
#include "runtime/snapshot/layer_path.h"

#include <linux/limits.h>
#include <climits>

namespace mabplan::runtime {

namespace {

Status check_xattrs(const TreeEntry& facts) {
    for (const auto& [name, value] : facts.xattrs) {
        if (!is_layer_xattr(name)) continue;
        if (name.size() > XATTR_NAME_MAX || name == "user." || value.size() > XATTR_SIZE_MAX)
            return input_error(
                format("its extended attribute {} of {} bytes is none that a file system takes", quoted(name.substr(0, 60)), value.size()));
        if (name == kCapabilityXattr && !is_file_capability(value))
            return input_error(format("its extended attribute {} is malformed", quoted(name)));
    }
    return {};
}

}  // namespace

Status check_layer_facts(const TreeEntry& facts) {
    if (facts.type == FileType::Symlink && facts.link_target.empty()) return input_error("it is a symlink without a target");
    if (facts.link_target.size() >= PATH_MAX)
        return input_error(
            format("it is a symlink to a path of {} bytes: file systems take less than {}", facts.link_target.size(), PATH_MAX));
    if (facts.type == FileType::CharDevice && facts.device == 0)
        return input_error("it is a character device 0:0, which overlayfs would take for a whiteout");
    return check_xattrs(facts);
}

namespace {

class Walk {
public:
    Walk(TarReader& reader, LayerMaker& maker) : reader_(reader), maker_(maker) {}
    Status make(const TarEntry& tar);

private:
    Status hard_link(const TarEntry& tar, const std::string& path);
    Status entry(const TreeEntry& facts, const std::string& path);

    TarReader& reader_;
    LayerMaker& maker_;
    LayerLinks links_;
};

Status Walk::make(const TarEntry& tar) {
    MABPLAN_TRY(name, parse_layer_name(tar.path));
    if (name.skipped) return {};
    if (name.mark == LayerMark::Opaque) {
        MABPLAN_TRY(folder, links_.resolve_folder(name.path));
        return maker_.mark_opaque(folder);
    }
    MABPLAN_TRY(path, links_.resolve(name.path));
    const bool is_device_mark = !tar.is_hardlink && tar.entry.type == FileType::CharDevice && tar.entry.device == 0;
    if (path != "." && (name.mark == LayerMark::Whiteout || is_device_mark)) return maker_.make_whiteout(tar.entry, path);
    if (path == "." && (tar.is_hardlink || tar.entry.type != FileType::Directory)) return {};
    return tar.is_hardlink ? hard_link(tar, path) : entry(tar.entry, path);
}

Status Walk::hard_link(const TarEntry& tar, const std::string& path) {
    MABPLAN_TRY(written, parse_link_target(tar.hardlink));
    MABPLAN_TRY(target, links_.resolve(written));
    if (target.starts_with(path + "/")) return hard_link_to_nothing(tar.hardlink);  // it would take the place of the folder that it lies in
    MABPLAN_CHECK(maker_.make_hard_link(target, tar.hardlink, path));
    links_.put_hard_link(target, path);
    return {};
}

Status Walk::entry(const TreeEntry& facts, const std::string& path) {
    MABPLAN_CHECK(check_layer_facts(facts));
    if (facts.type == FileType::Directory) {
        MABPLAN_CHECK(maker_.make_directory(facts, path));
        links_.put_folder(path);
        return {};
    }
    MABPLAN_CHECK(maker_.make_file(reader_, facts, path));
    if (facts.type == FileType::Symlink) links_.put_link(path, facts.link_target);
    else links_.put_file(path);
    return {};
}

// What helps for every entry that cannot be.
constexpr std::string_view kRepair =
    "nobody can unpack this layer as it is: have it made again by a tool that keeps to the image specification (layer.md), from the same "
    "files";

}  // namespace

Result<std::uint64_t> walk_layer(TarReader& tar, LayerMaker& maker) {
    Walk walk(tar, maker);
    for (std::uint64_t entries = 0;; ++entries) {
        MABPLAN_TRY(next, tar.next());
        if (!next) return entries;
        if (Status made = walk.make(*next); !made) {
            Error error = std::move(made).error();
            error.message = format("the layer's entry {} cannot be unpacked: {}", quoted(next->path), error.message);
            if (error.kind == ErrorKind::Input && error.hint.empty()) error.hint = kRepair;
            return fail(std::move(error));
        }
    }
}

namespace {

Failure refusal(std::string message, std::string hint) { return fail(ErrorKind::Input, std::move(message), std::move(hint)); }

}  // namespace

Failure parent_in_the_way(std::string_view path) {
    return refusal(format("its parent {} is no directory in this layer", quoted(path)),
                   format("have the layer made again without the file {}, or without what lies below it", quoted("/" + std::string(path))));
}

Failure hard_link_to_nothing(std::string_view target) {
    return refusal(format("it is a hard link to {}, which is not in this layer", quoted(target)),
                   "a hard link reaches into its own layer alone: have the layer made again with the file itself in it, before the link, "
                   "or with a symlink in place of the link");
}

Failure hard_link_to_directory(std::string_view target) {
    return refusal(format("it is a hard link to {}, which is a directory", quoted(target)),
                   "have the layer made again with a symlink in place of the hard link");
}

}  // namespace mabplan::runtime
