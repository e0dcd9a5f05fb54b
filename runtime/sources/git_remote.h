// Repositories of others: what a ref is at, and the files of one commit as a folder. Asks the git program; keeps nothing.
#pragma once

#include "plans/model/remote_source.h"
#include "runtime/sources/git_program.h"
#include "runtime/sys/byte_progress.h"

#include <cstdint>
#include <string>

namespace mabplan::runtime {

struct FoundCommit {
    std::string ref;  // its full name in the repository; empty: a commit that is fetched by its id
    std::string commit;
    std::string tag;  // the object of an annotated tag that the ref is at; else empty
    bool operator==(const FoundCommit&) const = default;
};

// What the ref of a git source is at now. Without asking if the source says the commit itself. A branch goes before a tag of its name.
Result<FoundCommit> find_commit(const GitProgram& git, const std::string& folder, const GitAction& source);

// A Verify error if the checksum of the source is another.
Status check_commit(const GitAction& source, const FoundCommit& found);

struct GitTree {
    std::string folder;  // the files, and the repository in ".git"
    std::string commit;
    std::int64_t committed = 0;  // when, in seconds since 1970
};

// Fetches the commit (its progress: the bytes of what git packed, and of no total, for no server says it) and lays out its files, and those
// of its submodules, in `folder`, which is empty. With keep_git_dir the repository in it is the same whoever fetches it, and without
// address secrets.
Result<GitTree> check_out(const GitProgram& git, const std::string& folder, const GitAction& source, const FoundCommit& found,
                          const ByteProgress& progress);

// An address without the user's name and password, for messages and for what is kept.
std::string shown_remote(const std::string& remote);

}  // namespace mabplan::runtime
