// Addresses of git repositories as Dockerfiles and build contexts name them: URL[#ref[:subdir]], URL?ref=…&subdir=…, user@host:path
// (Docker's "Build context", "Git repositories" and "URL queries"), and file:///PATH for a repository of this host. Knows the text alone;
// fetches nothing.
#pragma once

#include "plans/base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace mabplan::compiler {

struct GitReference {
    std::string remote;      // the address for git, without query and fragment; without a scheme if it could be a local path
    std::string short_name;  // the last part of its path, without ".git"
    std::string ref;         // a branch, tag or commit, or "refs/…"; empty: the default branch
    std::string subdir;      // below the repository's root; of a fragment it is clean and relative, of a query as written
    std::string checksum;    // the commit that the ref must be at, or a prefix of it; empty if not given
    std::optional<bool> keep_git_dir;
    std::optional<bool> submodules;
    std::string mtime;                 // "checkout", "commit" or empty
    bool fetch_by_commit = false;      // take the checksum as the commit to fetch, without asking what the ref is at
    bool could_be_local_path = false;  // "github.com/…" without a scheme: for build contexts only
    bool unencrypted_tcp = false;      // git:// or http://

    bool operator==(const GitReference&) const = default;
};

// Nothing for what is no git address (a path, an http URL whose path does not end in ".git"); an Input error for one with a mistake in it.
Result<std::optional<GitReference>> parse_git_reference(std::string_view text);

enum class SubdirForm { Shown, Left };

// The short form: remote#ref:subdir.
std::string format_git_fragment(const GitReference& reference, SubdirForm form);

}  // namespace mabplan::compiler
