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
#include <iterator>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace mabplan::runtime {

namespace {

// A directory on the way down. Only the innermost one is held open: trees may be deeper than files may be open.
struct Level {
    LayerEntry line;
    UpperEntry found;
    std::vector<UpperName> names;
    std::size_t next = 0;        // of names
    bool unwritten = false;      // its own line is written once something below it is
    bool lower_visible = false;  // the lower layers show a directory here, and it is not hidden
};

std::string below(const Level& level, const std::string& name) { return path_in(level.line.path, name); }

bool same_metadata(const TreeEntry& a, const TreeEntry& b, bool with_mtime) {
    return a.type == b.type && a.mode == b.mode && a.uid == b.uid && a.gid == b.gid && a.xattrs == b.xattrs &&
           (!with_mtime || a.mtime_s == b.mtime_s);
}

// Only a command sets a time of the past. A directory that got it is a change, as a file is; one that was written in gets a newer time by
// itself, and what was written may be gone by now.
bool has_set_mtime(const TreeEntry& found, const TreeEntry& lower, const LayerOptions& options) {
    const auto& since = options.written_since;
    return since && found.mtime_s != lower.mtime_s &&
           std::tie(found.mtime_s, found.mtime_ns) < std::tuple(std::int64_t{since->tv_sec}, static_cast<std::uint32_t>(since->tv_nsec));
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
    Walk(LowerView* lower, LayerOptions options, ByteSink& out)
        : lower_(lower), options_(std::move(options)), tar_(out), content_(tar_, options_) {}

    Result<LayerSummary> run(const std::string& root);

private:
    bool settles() const { return lower_ != nullptr; }
    Result<std::optional<TreeEntry>> lower_at(const std::string& path);
    Result<bool> root_is_written(const UpperEntry& root);
    Status walk();
    Status enter_root(const std::string& root);
    Status enter(UpperEntry found, const std::string& path);
    Status read_names();
    Status leave();
    Status opaque_mark();
    Status whiteout(const std::string& name);
    Status entry(const std::string& name);
    Status skip_socket(const std::string& name, const std::string& path);
    Status write_line(const LayerEntry& line);
    Status write_levels();
    Status settle_mtime(int directory, const std::string& name, const TreeEntry& facts, const std::string& path);
    Status settle_overlay_xattrs(const UpperEntry& found, const std::string& path);
    LayerEntry line_of(const UpperEntry& found, const std::string& path);
    Level& here() { return levels_.back(); }
    int here_fd() { return levels_.back().found.handle.get(); }

    LowerView* lower_;
    LayerOptions options_;
    TarWriter tar_;
    FileContent content_;
    std::vector<Level> levels_;                                   // from the root to the directory that is walked
    std::map<std::pair<dev_t, ino_t>, std::string> first_names_;  // of files with several
    LayerSummary summary_;
};

Result<LayerSummary> Walk::run(const std::string& root) {
    MABPLAN_CHECK(enter_root(root));
    while (!levels_.empty()) MABPLAN_CHECK(walk());
    MABPLAN_CHECK(tar_.finish());
    summary_.entries = tar_.entries();
    return std::move(summary_);
}

Status Walk::enter_root(const std::string& root) {
    MABPLAN_TRY(directory, open_file(root, O_RDONLY | O_DIRECTORY));
    MABPLAN_TRY(found, read_upper_entry(directory.get(), ".", root));
    MABPLAN_TRY(written, root_is_written(found));
    LayerEntry line = line_of(found, ".");
    levels_.push_back({std::move(line), std::move(found), {}, 0, false, true});
    if (written) MABPLAN_CHECK(write_line(here().line));
    if (settles()) {
        MABPLAN_CHECK(settle_overlay_xattrs(here().found, root));
        if (!written && ::fsetxattr(here_fd(), kImplicitXattr, "y", 1, 0) != 0)
            return system_error(errno, "set an extended attribute of", root);
    }
    return read_names();
}

// One step: the next entry of the innermost directory, or out of it.
Status Walk::walk() {
    if (here().next == here().names.size()) return leave();
    const UpperName child = std::move(here().names[here().next++]);
    return child.whiteout ? whiteout(child.name) : entry(child.name);
}

Result<bool> Walk::root_is_written(const UpperEntry& root) {
    if (!settles()) return !root.implicit;
    MABPLAN_TRY(lower, lower_->stat("."));
    const TreeEntry plain = default_root();
    return !same_metadata(root.facts, plain, false) || !same_metadata(lower.value_or(plain), plain, false);
}

Result<std::optional<TreeEntry>> Walk::lower_at(const std::string& path) {
    if (!here().lower_visible) return std::nullopt;
    return lower_->stat(path);
}

LayerEntry Walk::line_of(const UpperEntry& found, const std::string& path) {
    LayerEntry line{path, found.facts, {}, LayerMark::None};
    line.entry.mtime_s = layer_mtime(found.facts, options_);
    return line;
}

Status Walk::enter(UpperEntry found, const std::string& path) {
    bool changed = !found.implicit;
    bool lower_visible = false;
    if (settles()) {
        MABPLAN_TRY(lower, lower_at(path));
        lower_visible = lower && lower->type == FileType::Directory;
        changed = !lower || !same_metadata(found.facts, *lower, !options_.time) || has_set_mtime(found.facts, *lower, options_);
    }
    here().found.handle.reset();
    LayerEntry line = line_of(found, path);
    // without a lower view an implicit directory never gets a line of its own
    levels_.push_back({std::move(line), std::move(found), {}, 0, changed || settles(), lower_visible});
    if (changed) MABPLAN_CHECK(write_levels());
    return read_names();
}

Status Walk::read_names() {
    MABPLAN_TRY(names, list_upper(here_fd(), here().line.path));
    here().names = std::move(names);
    return here().found.opaque ? opaque_mark() : Status{};
}

Status Walk::leave() {
    const Level left = std::move(levels_.back());
    levels_.pop_back();
    const int directory = left.found.handle.get();
    const std::string& path = left.line.path;
    if (levels_.empty()) return settles() ? settle_mtime(directory, ".", left.found.facts, path) : Status{};
    here().found.handle.reset(::openat(directory, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (here_fd() < 0) return system_error(errno, "open the folder", here().line.path);
    if (!settles()) return {};
    if (left.unwritten) {  // it has nothing left in it and is as it was
        if (::unlinkat(here_fd(), left.found.facts.name.c_str(), AT_REMOVEDIR) != 0) return system_error(errno, "remove the folder", path);
        return {};
    }
    MABPLAN_CHECK(settle_overlay_xattrs(left.found, path));
    return settle_mtime(here_fd(), left.found.facts.name, left.found.facts, path);
}

Status Walk::opaque_mark() {
    const std::string& path = here().line.path;
    const bool hides = std::exchange(here().lower_visible, false);
    if (settles() && !hides) {
        if (::fremovexattr(here_fd(), kOpaqueXattr) != 0 && errno != ENODATA)
            return system_error(errno, "remove an extended attribute of", path);
        return {};
    }
    LayerEntry mark{path, {}, {}, LayerMark::Opaque};
    mark.entry.mtime_s = here().line.entry.mtime_s;  // the mark has none of its own: the snapshot keeps only the directory's
    return write_line(mark);
}

Status Walk::whiteout(const std::string& name) {
    const std::string path = below(here(), name);
    MABPLAN_TRY(found, read_upper_entry(here_fd(), name, path));
    if (settles()) {
        MABPLAN_TRY(lower, lower_at(path));
        if (!lower) {
            if (::unlinkat(here_fd(), name.c_str(), 0) != 0) return system_error(errno, "remove", path);
            return {};
        }
        MABPLAN_CHECK(settle_mtime(here_fd(), name, found.facts, path));
    }
    LayerEntry mark{path, {}, {}, LayerMark::Whiteout};
    mark.entry.mtime_s = layer_mtime(found.facts, options_);
    return write_line(mark);
}

Status Walk::entry(const std::string& name) {
    const std::string path = below(here(), name);
    MABPLAN_TRY(found, read_upper_entry(here_fd(), name, path));
    if (found.facts.type == FileType::Directory) return enter(std::move(found), path);
    if (found.facts.type == FileType::Socket) return skip_socket(name, path);
    LayerEntry line = line_of(found, path);
    if (found.links > 1) {
        const auto [first, is_first] = first_names_.emplace(std::pair(found.device, found.inode), path);
        if (!is_first) line.hardlink = first->second;
    }
    MABPLAN_CHECK(write_line(line));
    if (found.facts.type == FileType::File && line.hardlink.empty())
        MABPLAN_CHECK(content_.write(found.handle.get(), found.facts.size, path));
    if (!settles()) return {};
    MABPLAN_CHECK(settle_overlay_xattrs(found, path));
    return settle_mtime(here_fd(), name, found.facts, path);
}

Status Walk::skip_socket(const std::string& name, const std::string& path) {
    summary_.notes.push_back(format("{} is a socket, which a layer cannot hold: it is left out", quoted("/" + path)));
    if (settles() && ::unlinkat(here_fd(), name.c_str(), 0) != 0) return system_error(errno, "remove", path);
    return {};
}

Status Walk::write_line(const LayerEntry& line) {
    MABPLAN_CHECK(write_levels());
    return tar_.begin(line);
}

// The directories above, where they have not been written.
Status Walk::write_levels() {
    auto level = levels_.end();
    while (level != levels_.begin() && std::prev(level)->unwritten) --level;
    for (; level != levels_.end(); ++level) {
        level->unwritten = false;
        MABPLAN_CHECK(tar_.begin(level->line));
    }
    return {};
}

Status Walk::settle_mtime(int directory, const std::string& name, const TreeEntry& facts, const std::string& path) {
    const bool is_directory = facts.type == FileType::Directory;  // its mtime may have changed since it was looked at
    const std::int64_t mtime = layer_mtime(facts, options_);
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
