#include "runtime/store/store_owner.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr mode_t kOthers = S_IRWXG | S_IRWXO, kOthersWrite = S_IWGRP | S_IWOTH;

// In single quotes where a shell needs them.
std::string for_a_shell(const std::string& path) {
    constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:@";
    if (path.find_first_not_of(kPlain) == std::string::npos) return path;
    std::string text = "'";
    for (const char each : path) text += each == '\'' ? std::string("'\\''") : std::string(1, each);
    return text + "'";
}

// A mount of a cluster or a container: whoever may write there makes a folder of his own in it.
std::string own_folder_hint(const std::string& root) {
    return format("take a folder of this user's own: --cache-dir {}, or MABPLAN_CACHE_DIR",
                  for_a_shell(root == "/" ? "/mabplan" : root + "/mabplan"));
}

// Also one of which only some parts were brought along.
bool is_a_store(const std::vector<std::string>& names) {
    constexpr std::array<std::string_view, 9> kParts{"blobs", "snapshots", "cache-mounts", "history",   "running",
                                                     "tmp",   "lock",      "uses-lock",    "stat-cache"};
    return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
        return name.starts_with("records.sqlite") || std::find(kParts.begin(), kParts.end(), name) != kParts.end();
    });
}

Status refuse_open(const std::string& root, mode_t mode) {
    return fail(
        ErrorKind::Environment,
        format("others can write to the store {} (mode {:04o}): what it holds may not be what was put there", quoted(root), mode & 07777U),
        format("if nobody else has been there: chmod 700 {}; else delete it, or {}", for_a_shell(root), own_folder_hint(root)));
}

Status refuse_network(const std::string& root) {
    struct statfs facts {};
    const std::string_view name =
        ::statfs(root.c_str(), &facts) == 0 ? network_file_system(static_cast<long>(facts.f_type)) : std::string_view();
    if (name.empty()) return {};
    return fail(
        ErrorKind::Environment,
        format("the store {} is on a network file system ({}), where its database and the mounts of commands do not work", quoted(root),
               name),
        "put it on a disk of this machine: --cache-dir FOLDER, or MABPLAN_CACHE_DIR; `mabplan cache export` carries it between machines");
}

}  // namespace

// linux/magic.h, and what is not in it.
std::string_view network_file_system(long type) {
    constexpr std::array<std::pair<std::uint32_t, std::string_view>, 7> kTypes{{{0x6969, "NFS"},
                                                                                {0x517B, "SMB"},
                                                                                {0xFF534D42, "CIFS"},
                                                                                {0xFE534D42, "SMB"},
                                                                                {0x5346414F, "AFS"},
                                                                                {0x00C36400, "Ceph"},
                                                                                {0x73757245, "Coda"}}};
    for (const auto& [known, name] : kTypes)
        if (static_cast<std::uint32_t>(type) == known) return name;
    return {};
}

Status own_store_folder(const std::string& root) {
    MABPLAN_CHECK(refuse_network(root));
    struct stat facts {};
    if (::stat(root.c_str(), &facts) != 0) return system_error(errno, "look at", root);
    if (facts.st_uid != ::geteuid())
        return fail(ErrorKind::Environment,
                    format("the store {} belongs to the user {}, and not to {}, who runs this", quoted(root), facts.st_uid, ::geteuid()),
                    own_folder_hint(root));
    if ((facts.st_mode & kOthers) == 0) return {};
    const mode_t mode = facts.st_mode;
    MABPLAN_TRY(before, list_names(root));
    if (!is_a_store(before))
        return fail(ErrorKind::Environment, format("{} is open to others, and holds other things than a store", quoted(root)),
                    own_folder_hint(root));
    if (!before.empty() && (mode & kOthersWrite) != 0) return refuse_open(root, mode);
    static_cast<void>(::chmod(root.c_str(), mode & S_IRWXU));
    if (::stat(root.c_str(), &facts) == 0 && (facts.st_mode & kOthersWrite) != 0) return refuse_open(root, mode);
    if (!before.empty()) return {};
    // nobody can come between any more: did somebody before?
    MABPLAN_TRY(after, list_names(root));
    return after.empty() ? Status{} : refuse_open(root, mode);
}

}  // namespace mabplan::runtime
