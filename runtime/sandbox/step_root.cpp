#include "runtime/sandbox/mount_calls.h"
#include "runtime/sandbox/step_child.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace mabplan::runtime {

namespace {

struct Device {
    const char* name;
    unsigned major;
    unsigned minor;
    bool required;
};

constexpr std::array kDevices{Device{"/dev/null", 1, 3, true},   Device{"/dev/zero", 1, 5, true},    Device{"/dev/full", 1, 7, true},
                              Device{"/dev/random", 1, 8, true}, Device{"/dev/urandom", 1, 9, true}, Device{"/dev/tty", 5, 0, false}};
constexpr std::size_t kDevPrefix = sizeof "/dev/" - 1;

// runtime-spec's usual set: what tells about the host, or could change it
constexpr std::array kMaskedInProc{"acpi", "asound", "kcore", "keys", "latency_stats", "timer_list", "timer_stats", "sched_debug", "scsi"};
constexpr std::array kReadOnlyInProc{"bus", "fs", "irq", "sys", "sysrq-trigger"};
constexpr std::array kMaskedInSys{"firmware", "devices/virtual/powercap"};

// Makes a folder in a file system of ours and attaches there.
bool attach_at_new_folder(int mounted, int parent, const char* name) {
    if (mounted < 0 || ::mkdirat(parent, name, 0755) != 0) return false;
    return ::move_mount(mounted, "", parent, name, MOVE_MOUNT_F_EMPTY_PATH) == 0;
}

// A node of the host, if it is the device that it should be.
int copy_of_device(const Device& device) {
    const int node = ::open_tree(AT_FDCWD, device.name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
    if (node < 0) return -1;
    struct stat facts {};
    if (::fstat(node, &facts) == 0 && S_ISCHR(facts.st_mode) && facts.st_rdev == makedev(device.major, device.minor)) return node;
    ::close(node);
    errno = ENODEV;
    return -1;
}

bool hide(int target, int null_device) {
    struct stat facts {};
    if (::fstat(target, &facts) != 0) return false;
    if (S_ISDIR(facts.st_mode)) return attach(make_mount("tmpfs", {{"size", "4k"}, {"mode", "555"}}, kQuiet | MOUNT_ATTR_RDONLY), target);
    return attach(::open_tree(null_device, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH), target);
}

}  // namespace

void StepChild::build_root() {
    make_room();
    mount_overlay();
    const int dev = open_image_folder("dev", SetupStage::DevFolder, kMadeDev);
    const int proc = open_image_folder("proc", SetupStage::ProcFolder, kMadeProc);
    const int sys = open_image_folder("sys", SetupStage::SysFolder, kMadeSys);
    null_ = mount_dev(dev);
    mount_proc(proc);
    open_network_to_all();
    mount_sys(sys);
    if (step_.spec->privilege == Privilege::Confined) {
        protect_proc(proc_, null_);
        protect_sys(sys_, null_);
    }
    mount_etc_file("hosts", SetupStage::Hosts);
    mount_etc_file("resolv.conf", SetupStage::ResolvConf);
    attach_mounts();
    pivot();
}

// Links, hosts and the place to mount the overlay on live in memory, in this mount namespace only: files on a disk would be made and
// removed again by every step, and a file system like ext4 is slow to reuse what was just removed.
void StepChild::make_room() {
    const int room = make_mount("tmpfs", {{"size", step_.room_size.c_str()}, {"mode", "700"}}, kQuiet);
    check(room >= 0 && ::move_mount(room, "", AT_FDCWD, step_.room.c_str(), MOVE_MOUNT_F_EMPTY_PATH) == 0 && ::fchdir(room) == 0,
          SetupStage::Room);
    check(::mkdir("root", 0755) == 0, SetupStage::Room);
    for (const RoomLink& link : step_.links) check(::symlink(link.target.c_str(), link.name.c_str()) == 0, SetupStage::Room);
    ::close(make_room_file("hosts", step_.hosts));
    ::close(make_room_file("resolv.conf", step_.spec->resolv_conf));
}

int StepChild::make_room_file(const char* name, const std::string& text) {
    const int file = ::open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    check(file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()), SetupStage::Room);
    return file;
}

void StepChild::mount_overlay() {
    const unsigned long read_only = step_.spec->root == Root::ReadOnly ? MS_RDONLY : 0;
    check(::mount("overlay", "root", "overlay", read_only, step_.overlay_options.c_str()) == 0, SetupStage::Overlay);
    root_ = ::open("root", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    check(root_ >= 0, SetupStage::OpenRoot);
}

// A real folder of the merged tree. The stubs offer one, unless a layer above says that it is gone (a whiteout): then it is made for the
// time of the step, and the parent takes it out of the upper folder again.
int StepChild::open_image_folder(const char* name, SetupStage stage, SetupNote made) {
    constexpr std::uint64_t kStrict = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
    int folder = open_in(root_, name, O_DIRECTORY, kStrict);
    if (folder < 0 && errno == ENOENT && ::mkdirat(root_, name, 0755) == 0) {
        notes_ |= made;
        folder = open_in(root_, name, O_DIRECTORY, kStrict);
    }
    check(folder >= 0, stage);
    return folder;
}

// A container that masks parts of its own /proc may not mount a fresh one: then the step sees mabplan's, hidden and read-only as usual.
void StepChild::mount_proc(int folder) {
    proc_ = make_mount("proc", {}, kQuiet);
    if (proc_ < 0 && (errno == EPERM || errno == EACCES)) {
        proc_ = copy_of_tree("/proc", {kQuiet});
        notes_ |= kSharesHostProc;
    }
    check(attach(proc_, folder), SetupStage::Proc);
}

// As docker does: any user may serve at any port and ping, since the network is the step's alone. The port of a server is free again when
// that has gone, and not a minute later: the next step may have the same network. Where the kernel won't, it is as it was.
void StepChild::open_network_to_all() {
    if (step_.spec->network == SandboxNetwork::Host) return;
    set_kernel_value("sys/net/ipv4/ip_unprivileged_port_start", "0");
    set_kernel_value("sys/net/ipv4/ping_group_range", step_.ping_groups);
    set_kernel_value("sys/net/ipv4/tcp_max_tw_buckets", "0");
}

void StepChild::set_kernel_value(const char* path, const std::string& value) const {
    const int file = ::openat(proc_, path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    if (::write(file, value.data(), value.size()) < 0) errno = 0;
    ::close(file);
}

// A fresh sysfs shows the interfaces of the step's own network namespace; without one only the host's can be shown.
void StepChild::mount_sys(int folder) {
    sys_ = step_.spec->network != SandboxNetwork::Host ? make_mount("sysfs", {}, kQuiet | MOUNT_ATTR_RDONLY) : -1;
    if (sys_ < 0) sys_ = copy_of_tree("/sys", {kQuiet | MOUNT_ATTR_RDONLY});
    if (sys_ < 0) sys_ = make_mount("tmpfs", {{"size", "4k"}, {"mode", "555"}}, kQuiet | MOUNT_ATTR_RDONLY);
    check(attach(sys_, folder), SetupStage::Sys);
}

// Returns a descriptor of the step's /dev/null.
int StepChild::mount_dev(int folder) {
    const int dev = make_mount("tmpfs", {{"size", "65536k"}, {"mode", "755"}}, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
    check(attach(dev, folder), SetupStage::Dev);
    for (const Device& device : kDevices) {
        const char* name = device.name + kDevPrefix;
        const int node = copy_of_device(device);
        if (node < 0 && !device.required) continue;
        check(node >= 0 && ::mknodat(dev, name, S_IFREG | 0666, 0) == 0 && ::move_mount(node, "", dev, name, MOVE_MOUNT_F_EMPTY_PATH) == 0,
              SetupStage::Device);
    }
    constexpr std::array<std::array<const char*, 2>, 6> kLinks{{{"/proc/self/fd", "fd"},
                                                                {"/proc/self/fd/0", "stdin"},
                                                                {"/proc/self/fd/1", "stdout"},
                                                                {"/proc/self/fd/2", "stderr"},
                                                                {"pts/ptmx", "ptmx"},
                                                                {"/proc/kcore", "core"}}};
    for (const auto& link : kLinks) check(::symlinkat(link[0], dev, link[1]) == 0, SetupStage::Dev);
    constexpr std::uint64_t kTerminals = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
    const int terminals = step_.maps_tty_group ? make_mount("devpts", {{"ptmxmode", "0666"}, {"mode", "0620"}, {"gid", "5"}}, kTerminals)
                                               : make_mount("devpts", {{"ptmxmode", "0666"}, {"mode", "0620"}}, kTerminals);
    check(attach_at_new_folder(terminals, dev, "pts"), SetupStage::PseudoTerminals);
    check(attach_at_new_folder(make_mount("tmpfs", {{"source", "shm"}, {"size", "65536k"}, {"mode", "1777"}}, kQuiet), dev, "shm"),
          SetupStage::SharedMemory);
    const int queues = make_mount("mqueue", {}, kQuiet);
    if (queues >= 0 || errno != ENODEV) check(attach_at_new_folder(queues, dev, "mqueue"), SetupStage::MessageQueues);
    return ::openat(dev, "null", O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

void StepChild::protect_proc(int proc, int null_device) {
    for (const char* name : kMaskedInProc) {
        const int target = ::openat(proc, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        if (target >= 0) check(hide(target, null_device), SetupStage::Mask);
    }
    for (const char* name : kReadOnlyInProc) {
        const int target = ::openat(proc, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        if (target < 0) continue;
        const int copy = ::open_tree(target, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
        check(copy >= 0 && change_mount(copy, {kQuiet | MOUNT_ATTR_RDONLY}, AT_RECURSIVE) && attach(copy, target),
              SetupStage::ReadOnlyPath);
    }
}

void StepChild::protect_sys(int sys, int null_device) {
    for (const char* name : kMaskedInSys) {
        const int target = open_in(sys, name, O_NOFOLLOW, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
        if (target >= 0) check(hide(target, null_device), SetupStage::Mask);
    }
}

// /etc may be a link inside of the image. The file itself is mounted upon even if it is a link: so a dangling one needs no target, and
// nothing is made in the image. Where the image has nothing to mount on (a whiteout, no folder /etc), the step goes without.
void StepChild::mount_etc_file(const char* name, SetupStage stage) {
    const int etc = open_in(root_, "etc", O_DIRECTORY, RESOLVE_IN_ROOT | RESOLVE_NO_XDEV);
    const int target = etc < 0 ? -1 : ::openat(etc, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat facts {};
    if (target < 0 || ::fstat(target, &facts) != 0 || S_ISDIR(facts.st_mode)) return;
    const int file = copy_of_tree(name, {kQuiet | MOUNT_ATTR_RDONLY});
    check(attach(file, target), stage);
}

void StepChild::pivot() {
    check(::fchdir(root_) == 0 && ::syscall(SYS_pivot_root, ".", ".") == 0 && ::umount2(".", MNT_DETACH) == 0 && ::chdir("/") == 0,
          SetupStage::Pivot);
}

}  // namespace mabplan::runtime
