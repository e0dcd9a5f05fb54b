#include "runtime/snapshot/layer_walk.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layer/file_capability.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/snapshot/layer_path.h"

#include <climits>
#include <linux/limits.h>

namespace mabplan::runtime {

namespace {

Status check_xattrs(const TreeEntry& facts) {
    for (const auto& [name, value] : facts.xattrs) {
        if (!is_layer_xattr(name)) continue;
        if (name.size() > XATTR_NAME_MAX || name == "user." || value.size() > XATTR_SIZE_MAX)
            return input_error(format("its extended attribute {} of {} bytes is none that a file system takes", quoted(name.substr(0, 60)), value.size()));
        if (name == kCapabilityXattr && !is_file_capability(value)) return input_error(format("its extended attribute {} is malformed", quoted(name)));
    }
    return {};
}

}  // namespace

Status check_layer_facts(const TreeEntry& facts) {
    if (facts.type == FileType::Symlink && facts.link_target.empty()) return input_error("it is a symlink without a target");
    if (facts.link_target.size() >= PATH_MAX) return input_error(format("it is a symlink to a path of {} bytes: file systems take less than {}", facts.link_target.size(), PATH_MAX));
    if (facts.type == FileType::CharDevice && facts.device == 0)
        return input_error("it is a character device 0:0, which would delete what lower layers have there");
    return check_xattrs(facts);
}

namespace {

Status make(TarReader& reader, const TarEntry& tar, LayerMaker& maker) {
    MABPLAN_TRY(name, parse_layer_name(tar.path));
    if (name.skipped) return {};
    if (tar.path.starts_with('/') && name.path != ".") return input_error("its name is absolute");  // "/" alone is the root, for some tools
    if (name.mark == LayerMark::Opaque) return maker.mark_opaque(name.path);
    if (name.mark == LayerMark::Whiteout) return maker.make_whiteout(tar.entry, name.path);
    if (name.path == "." && (tar.is_hardlink || tar.entry.type != FileType::Directory)) return input_error("the root of a layer must be a directory");
    if (tar.is_hardlink) {
        MABPLAN_TRY(target, parse_link_target(tar.hardlink));
        return maker.make_hard_link(target, tar.hardlink, name.path);
    }
    MABPLAN_CHECK(check_layer_facts(tar.entry));
    if (tar.entry.type == FileType::Directory) return maker.make_directory(tar.entry, name.path);
    return maker.make_file(reader, tar.entry, name.path);
}

}  // namespace

Result<std::uint64_t> walk_layer(TarReader& tar, LayerMaker& maker) {
    for (std::uint64_t entries = 0;; ++entries) {
        MABPLAN_TRY(next, tar.next());
        if (!next) return entries;
        if (Status made = make(tar, *next, maker); !made) {
            Error error = std::move(made).error();
            error.message = format("the layer's entry {} cannot be unpacked: {}", quoted(next->path), error.message);
            return fail(std::move(error));
        }
    }
}

Failure parent_in_the_way(std::string_view path, bool is_symlink) {
    return input_error(format("its parent {} is {} in this layer", quoted(path), is_symlink ? "a symlink" : "no directory"));
}

Failure hard_link_to_nothing(std::string_view target) {
    return input_error(format("it is a hard link to {}, which is not in this layer", quoted(target)));
}

Failure hard_link_to_directory(std::string_view target) {
    return input_error(format("it is a hard link to {}, which is a directory", quoted(target)));
}

Failure second_entry() { return input_error("the layer has another entry of this name before it"); }

}  // namespace mabplan::runtime
