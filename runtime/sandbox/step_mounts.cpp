#include "runtime/sandbox/mount_calls.h"
#include "runtime/sandbox/step_child.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace mabplan::runtime {

namespace {

MountChange change_for(MountAccess access) { return {access == MountAccess::ReadOnly ? std::uint64_t{MOUNT_ATTR_RDONLY} : 0, 0}; }

}  // namespace

void StepChild::check_mount(bool done, SetupStage stage) {
    if (done) return;
    report({SetupReport::Kind::SetupFailed, stage, errno, mount_});
    end_process(1);
}

void StepChild::attach_mounts() {
    if (step_.mounts.empty()) return;
    for (const char* name : {"empty", "none"}) check(::mkdir(name, 0755) == 0, SetupStage::Room);
    for (const PreparedMount& prepared : step_.mounts) {
        const int mounted = open_mount(prepared);
        struct stat facts {};
        check_mount(mounted >= 0 && ::fstat(mounted, &facts) == 0, SetupStage::MountSource);
        const bool is_folder = S_ISDIR(facts.st_mode);
        const int place = open_mount_point(prepared, is_folder);
        const bool known = ::fstat(place, &facts) == 0;
        errno = ENOTDIR;  // the kernel would say EINVAL, which has many causes
        check_mount(known && S_ISDIR(facts.st_mode) == is_folder, SetupStage::Mount);
        check_mount(attach(mounted, place), SetupStage::Mount);
        ::close(place);
        ::close(mounted);
        ++mount_;
    }
}

int StepChild::open_mount(const PreparedMount& prepared) {
    const StepMount& mount = *prepared.mount;
    if (const auto* host = std::get_if<HostMount>(&mount.what)) return copy_of_tree(host->path.c_str(), change_for(mount.access));
    if (std::holds_alternative<LayersMount>(mount.what)) return open_layers(prepared);
    if (const auto* file = std::get_if<FileMount>(&mount.what)) return open_file_in_memory(prepared, *file);
    const bool executable = std::get<MemoryMount>(mount.what).executable;
    const unsigned attributes = MOUNT_ATTR_NOSUID | (executable ? 0U : MOUNT_ATTR_NOEXEC);
    if (prepared.size.empty()) return make_mount("tmpfs", {{"mode", prepared.mode.c_str()}}, attributes);
    return make_mount("tmpfs", {{"mode", prepared.mode.c_str()}, {"size", prepared.size.c_str()}}, attributes);
}

int StepChild::open_layers(const PreparedMount& prepared) {
    const char* room = prepared.room_name.c_str();
    const bool read_only = prepared.mount->access == MountAccess::ReadOnly;
    check_mount(
        ::mkdir(room, 0755) == 0 && ::mount("overlay", room, "overlay", read_only ? MS_RDONLY : 0, prepared.overlay_options.c_str()) == 0,
        SetupStage::Overlay);
    const int root = ::open(room, O_PATH | O_DIRECTORY | O_CLOEXEC);
    const int source = open_in(root, prepared.source.empty() ? "." : prepared.source.c_str(), 0, RESOLVE_IN_ROOT);
    check_mount(source >= 0, SetupStage::MountSource);
    const int tree = ::open_tree(source, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
    check_mount(tree >= 0 && change_mount(tree, change_for(prepared.mount->access), 0), SetupStage::MountSource);
    ::close(source);
    ::close(root);
    return tree;
}

int StepChild::open_file_in_memory(const PreparedMount& prepared, const FileMount& content) {
    const int file = make_room_file(prepared.room_name.c_str(), content.content);
    check_mount(::fchown(file, content.uid, content.gid) == 0 && ::fchmod(file, content.mode) == 0, SetupStage::MountSource);
    ::close(file);
    const bool program = (content.mode & 0111U) != 0;
    const std::uint64_t set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (program ? 0 : MOUNT_ATTR_NOEXEC);
    return copy_of_tree(prepared.room_name.c_str(),
                        {set | change_for(prepared.mount->access).set, program ? std::uint64_t{MOUNT_ATTR_NOEXEC} : 0});
}

// Looked up through what is mounted already. What is missing is made: a file for a file, folders for the rest.
int StepChild::open_mount_point(const PreparedMount& prepared, bool is_folder) {
    int parent = ::fcntl(root_, F_DUPFD_CLOEXEC, 0);
    for (const std::string& prefix : prepared.prefixes) {
        const bool is_last = &prefix == &prepared.prefixes.back();
        int place = open_in(root_, prefix.c_str(), 0, RESOLVE_IN_ROOT);
        if (place < 0 && errno == ENOENT) {
            const char* name = prefix.c_str() + prefix.rfind('/') + 1;
            const bool made = is_last && !is_folder ? ::mknodat(parent, name, S_IFREG | 0644, 0) == 0 : ::mkdirat(parent, name, 0755) == 0;
            check_mount(made, SetupStage::MountPoint);
            place = open_in(root_, prefix.c_str(), 0, RESOLVE_IN_ROOT);
        }
        check_mount(place >= 0, SetupStage::MountPoint);
        ::close(parent);
        parent = place;
    }
    return parent;
}

}  // namespace mabplan::runtime
