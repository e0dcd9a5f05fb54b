#include "runtime/layer/layer_diff.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layer/file_content.h"
#include "runtime/layer/tar_writer.h"
#include "runtime/layer/upper_entry.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <utility>

namespace mabplan::runtime {

namespace {

// A directory on the way down.
struct Level {
    Level* parent = nullptr;
    LayerEntry line;
    bool unwritten = false;      // its own line is written once something below it is
    bool lower_visible = false;  // the lower layers show a directory here, and it is not hidden
    bool opaque = false;
};

std::string below(const Level& level, const std::string& name) { return level.line.path == "." ? name : level.line.path + "/" + name; }

bool same_metadata(const TreeEntry& a, const TreeEntry& b, bool with_mtime) {
    return a.type == b.type && a.mode == b.mode && a.uid == b.uid && a.gid == b.gid && a.xattrs == b.xattrs && (!with_mtime || a.mtime_s == b.mtime_s);
}

TreeEntry default_root() {
    TreeEntry root;
    root.type = FileType::Directory;
    root.mode = 0755;
    return root;
}

// Walks one directory in overlay form. With a lower view it decides what is a change and settles the directory; without one it
// takes every line as it stands and changes nothing.
class Walk {
public:
    Walk(LowerView* lower, const LayerOptions& options, ByteSink& out) : lower_(lower), options_(options), tar_(out), content_(tar_) {}

    Result<LayerSummary> run(const std::string& root);

private:
    bool settles() const { return lower_ != nullptr; }
    Result<std::optional<TreeEntry>> lower_at(const Level& parent, const std::string& path);
    Result<bool> root_is_written(const UpperEntry& root);
    Status walk(Level& level, Fd& directory);
    Status opaque_mark(Level& level, int directory);
    Status whiteout(Level& parent, int directory, const std::string& name);
    Status entry(Level& parent, Fd& directory, const std::string& name);
    Status directory(Level& parent, Fd& directory, UpperEntry found, const std::string& path);
    Status other(Level& parent, const UpperEntry& found, const std::string& path);
    Status skip_socket(int directory, const std::string& name, const std::string& path);
    Status write_line(Level& parent, const LayerEntry& line);
    Status write_unwritten(Level* level);
    Status settle_mtime(int directory, const std::string& name, const TreeEntry& facts, const std::string& path);
    Status settle_overlay_xattrs(const UpperEntry& found, const std::string& path);
    LayerEntry line_of(const UpperEntry& found, const std::string& path);

    LowerView* lower_;
    LayerOptions options_;
    TarWriter tar_;
    FileContent content_;
    std::map<std::pair<dev_t, ino_t>, std::string> first_names_;  // of files with several
    LayerSummary summary_;
};

Result<LayerSummary> Walk::run(const std::string& root) {
    MABPLAN_TRY(directory, open_file(root, O_RDONLY | O_DIRECTORY));
    MABPLAN_TRY(found, read_upper_entry(directory.get(), ".", root));
    MABPLAN_TRY(written, root_is_written(found));
    Level level;
    level.line = line_of(found, ".");
    level.lower_visible = true;
    level.opaque = found.opaque;
    if (written) MABPLAN_CHECK(write_line(level, level.line));
    MABPLAN_CHECK(walk(level, directory));
    if (settles()) {
        MABPLAN_CHECK(settle_overlay_xattrs(found, root));
        if (!written && ::fsetxattr(directory.get(), kImplicitXattr, "y", 1, 0) != 0) return system_error(errno, "set an extended attribute of", root);
        MABPLAN_CHECK(settle_mtime(directory.get(), ".", found.facts, root));
    }
    MABPLAN_CHECK(tar_.finish());
    summary_.entries = tar_.entries();
    return std::move(summary_);
}

Result<bool> Walk::root_is_written(const UpperEntry& root) {
    if (!settles()) return !root.implicit;
    MABPLAN_TRY(lower, lower_->stat("."));
    const TreeEntry plain = default_root();
    return !same_metadata(root.facts, plain, false) || !same_metadata(lower.value_or(plain), plain, false);
}

Result<std::optional<TreeEntry>> Walk::lower_at(const Level& parent, const std::string& path) {
    if (!parent.lower_visible) return std::nullopt;
    return lower_->stat(path);
}

LayerEntry Walk::line_of(const UpperEntry& found, const std::string& path) {
    LayerEntry line{path, found.facts, {}, LayerMark::None};
    line.entry.mtime_s = layer_mtime(found.facts.mtime_s, options_);
    return line;
}

Status Walk::walk(Level& level, Fd& directory) {
    const std::string shown = level.line.path;
    MABPLAN_TRY(names, list_upper(directory.get(), shown));
    if (level.opaque) MABPLAN_CHECK(opaque_mark(level, directory.get()));
    for (const UpperName& child : names) {
        if (child.whiteout) MABPLAN_CHECK(whiteout(level, directory.get(), child.name));
        else MABPLAN_CHECK(entry(level, directory, child.name));
    }
    return {};
}

Status Walk::opaque_mark(Level& level, int directory) {
    const bool hides = std::exchange(level.lower_visible, false);
    if (settles() && !hides) {
        if (::fremovexattr(directory, kOpaqueXattr) != 0 && errno != ENODATA) return system_error(errno, "remove an extended attribute of", level.line.path);
        return {};
    }
    LayerEntry mark{level.line.path, {}, {}, LayerMark::Opaque};
    mark.entry.mtime_s = level.line.entry.mtime_s;  // the mark has none of its own: the snapshot keeps only the directory's
    return write_line(level, mark);
}

Status Walk::whiteout(Level& parent, int directory, const std::string& name) {
    const std::string path = below(parent, name);
    MABPLAN_TRY(found, read_upper_entry(directory, name, path));
    if (settles()) {
        MABPLAN_TRY(lower, lower_at(parent, path));
        if (!lower) {
            if (::unlinkat(directory, name.c_str(), 0) != 0) return system_error(errno, "remove", path);
            return {};
        }
        MABPLAN_CHECK(settle_mtime(directory, name, found.facts, path));
    }
    LayerEntry mark{path, {}, {}, LayerMark::Whiteout};
    mark.entry.mtime_s = layer_mtime(found.facts.mtime_s, options_);
    return write_line(parent, mark);
}

Status Walk::entry(Level& parent, Fd& directory, const std::string& name) {
    const std::string path = below(parent, name);
    MABPLAN_TRY(found, read_upper_entry(directory.get(), name, path));
    if (found.facts.type == FileType::Directory) return this->directory(parent, directory, std::move(found), path);
    if (found.facts.type == FileType::Socket) return skip_socket(directory.get(), name, path);
    MABPLAN_CHECK(other(parent, found, path));
    if (!settles()) return {};
    MABPLAN_CHECK(settle_overlay_xattrs(found, path));
    return settle_mtime(directory.get(), name, found.facts, path);
}

Status Walk::directory(Level& parent, Fd& directory, UpperEntry found, const std::string& path) {
    Level level;
    level.parent = &parent;
    level.line = line_of(found, path);
    level.opaque = found.opaque;
    level.unwritten = true;
    bool changed = !found.implicit;
    if (settles()) {
        MABPLAN_TRY(lower, lower_at(parent, path));
        level.lower_visible = lower && lower->type == FileType::Directory;
        changed = !lower || !same_metadata(found.facts, *lower, !options_.clamp_mtime);
    }
    if (changed) MABPLAN_CHECK(write_unwritten(&level));
    else if (!settles()) level.unwritten = false;  // implicit: never has a line of its own
    // only the innermost directory is held open: trees may be deeper than files may be open
    directory.reset();
    MABPLAN_CHECK(walk(level, found.handle));
    directory.reset(::openat(found.handle.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.valid()) return system_error(errno, "open the folder", parent.line.path);
    if (!settles()) return {};
    if (level.unwritten) {
        if (::unlinkat(directory.get(), found.facts.name.c_str(), AT_REMOVEDIR) != 0) return system_error(errno, "remove the folder", path);
        return {};
    }
    MABPLAN_CHECK(settle_overlay_xattrs(found, path));
    return settle_mtime(directory.get(), found.facts.name, found.facts, path);
}

Status Walk::other(Level& parent, const UpperEntry& found, const std::string& path) {
    LayerEntry line = line_of(found, path);
    if (found.links > 1) {
        const auto [first, is_first] = first_names_.emplace(std::pair(found.device, found.inode), path);
        if (!is_first) line.hardlink = first->second;
    }
    MABPLAN_CHECK(write_line(parent, line));
    if (found.facts.type != FileType::File || !line.hardlink.empty()) return {};
    return content_.write(found.handle.get(), path);
}

Status Walk::skip_socket(int directory, const std::string& name, const std::string& path) {
    summary_.notes.push_back(format("{} is a socket, which a layer cannot hold: it is left out", quoted("/" + path)));
    if (settles() && ::unlinkat(directory, name.c_str(), 0) != 0) return system_error(errno, "remove", path);
    return {};
}

Status Walk::write_line(Level& parent, const LayerEntry& line) {
    MABPLAN_CHECK(write_unwritten(&parent));
    return tar_.begin(line);
}

Status Walk::write_unwritten(Level* level) {
    if (level == nullptr || !level->unwritten) return {};
    MABPLAN_CHECK(write_unwritten(level->parent));
    level->unwritten = false;
    return tar_.begin(level->line);
}

Status Walk::settle_mtime(int directory, const std::string& name, const TreeEntry& facts, const std::string& path) {
    const bool is_directory = facts.type == FileType::Directory;  // its mtime may have changed since it was looked at
    const std::int64_t mtime = layer_mtime(facts.mtime_s, options_);
    if (!is_directory && mtime == facts.mtime_s && facts.mtime_ns == 0) return {};
    const std::array<struct timespec, 2> times{{{0, UTIME_OMIT}, {mtime, 0}}};
    if (::utimensat(directory, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0) return system_error(errno, "set the time of", path);
    return {};
}

Status Walk::settle_overlay_xattrs(const UpperEntry& found, const std::string& path) {
    for (const std::string& name : found.overlay_xattrs) {
        if (name == kOpaqueXattr) continue;  // opaque_mark() saw to it
        if (::fremovexattr(found.handle.get(), name.c_str()) != 0 && errno != ENODATA)
            return system_error(errno, format("remove the extended attribute {} of", quoted(name)), path);
    }
    return {};
}

}  // namespace

Result<LayerSummary> write_layer_diff(const std::string& upper, LowerView& lower, const LayerOptions& options, ByteSink& out) {
    return Walk(&lower, options, out).run(upper);
}

Result<LayerSummary> write_snapshot_tar(const std::string& directory, ByteSink& out) { return Walk(nullptr, {}, out).run(directory); }

}  // namespace mabplan::runtime
