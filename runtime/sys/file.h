// Whole files and folders: read, write so that nobody sees a half of it, make, remove.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/fd.h"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// Opens with O_CLOEXEC. A missing file is an error of kind `otherwise`.
Result<Fd> open_file(const std::string& path, int flags, mode_t mode = 0644, ErrorKind otherwise = ErrorKind::Environment);
Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes = 256U << 20U, ErrorKind otherwise = ErrorKind::Input);
Status write_all(int fd, std::string_view bytes, std::string_view path);

enum class Durability { Synced, Cached };  // Synced: fsync of the file and of its folder before and after the rename

// Writes beside the target, then renames over it.
using WriteContent = std::function<Status(ByteSink&)>;
Status write_file(const std::string& path, const WriteContent& write, mode_t mode = 0644, Durability durability = Durability::Synced);
Status write_file(const std::string& path, std::string_view bytes, mode_t mode = 0644, Durability durability = Durability::Synced);

Status make_directories(const std::string& path, mode_t mode = 0755);
// Removes the path and all below it, whatever the modes inside; does not follow symlinks; a missing path is fine.
Status remove_tree(const std::string& path);
// The same for the entry `name` of an open directory; `shown` is that directory, for messages.
Status remove_tree_at(int directory, const std::string& name, const std::string& shown);
// What was made, renamed or removed in the folder is on the disk afterwards.
Status sync_folder(const std::string& folder);
Status rename_path(const std::string& from, const std::string& to);
bool path_exists(const std::string& path);                                  // symlinks followed
bool is_directory(const std::string& path);                                 // symlinks followed
Result<std::vector<std::string>> list_names(const std::string& directory);  // sorted, without "." and ".."

}  // namespace mabplan::runtime
