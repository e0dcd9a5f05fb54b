// Names for what is not finished yet, and for what is about to go: all of them come from here. They are random (getrandom(2)), and what
// has one is made anew or not at all. The id of a process is no such name: in two containers that share a store it is 1 in both.
// Does not know who clears away what a killed process leaves; in the store the next one does (runtime/store/scratch.h).
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/fd.h"
#include "runtime/sys/file.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace mabplan::runtime {

// A folder that was not there before: one that exists is an error.
Status make_new_folder(const std::string& path, mode_t mode = 0755);
// The same under a name that nobody else has: "PARENT/STEM-…".
Result<std::string> make_fresh_folder(const std::string& parent, std::string_view stem, mode_t mode = 0700);

struct FreshFile {
    Fd file;  // for reading and writing
    std::string path;
};
// A file that was not there before, "FOLDER/STEM-…" and the ending. Of a long stem only the start is taken.
Result<FreshFile> make_fresh_file(const std::string& folder, std::string_view stem, mode_t mode = 0600, std::string_view ending = {});

// What is there and cannot be replaced by a file: a device, a pipe, a socket; and a descriptor of this process, also where that is of a
// file.
bool is_a_stream(const std::string& path);

// Where a path leads that is a symbolic link, also to what is not there yet; else itself. A loop of links is itself, too.
std::string behind_links(const std::string& path);

// "NAME.mabplan-tmp", under which a folder is on its way to be NAME, and swept if it is left.
std::string unfinished_stem(std::string_view name);
// Removes files and folders that were on their way to the target, beside it, when their processes were killed: those that nobody has
// locked. Whatever cannot be removed stays.
void sweep_beside(const std::string& target);
// The same of all files in a folder that were on their way to another name there.
void sweep_unfinished(const std::string& folder);

// A file on its way: it becomes what it is to be by a rename, when it is whole, or goes away. Where a device, a pipe or a socket stands
// (/dev/null, /dev/stdout), that is written to as the bytes come, and stays; a symbolic link stays, too, and what it leads to is replaced.
class PendingFile final : public ByteSink {
public:
    // In a folder on the file system where it is to be published.
    static Result<PendingFile> within(const std::string& folder, std::string_view stem, mode_t mode = 0644);
    // In the folder of what it is to become, as "NAME.mabplan-tmp-…"; that must be what it is published as. It is locked (flock(2)) while
    // it is written.
    static Result<PendingFile> beside(const std::string& target, mode_t mode = 0644);
    ~PendingFile() override;
    PendingFile(PendingFile&& other) noexcept : file_(std::move(other.file_)), place_(other.place_) {}
    PendingFile& operator=(PendingFile&&) = delete;

    Status write(std::string_view bytes) override { return write_all(file_.file.get(), bytes, file_.path); }
    Status sync() const;
    // Synced: the file is on the disk before the rename, and the rename before this returns.
    Status publish(const std::string& target, Durability durability);

private:
    enum class Place { Fresh, Itself };  // Itself: what is written to is no file that could be replaced
    PendingFile(FreshFile file, Place place) : file_(std::move(file)), place_(place) {}
    FreshFile file_;  // without a descriptor once published
    Place place_;
};

// Takes what stands there out of sight in one step, into a fresh folder "removed-…" within `folder` or, where that is another file system,
// beside it. The result is that folder, or nothing if nothing stood there.
Result<std::optional<std::string>> put_aside(const std::string& path, const std::string& folder);
// The one way to remove what others may find: put aside, then deleted at leisure. Whenever it is interrupted, what was at `path` is there
// whole or not at all.
Status remove_whole(const std::string& path, const std::string& folder);

}  // namespace mabplan::runtime
