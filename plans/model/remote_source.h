// Sources that lie in the network, and when what they give is known for good: a file by its digest, a repository by its commit.
#pragma once

#include "plans/base/result.h"
#include "plans/model/action.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mabplan {

using RemoteSource = std::variant<FetchAction, GitAction>;

std::optional<RemoteSource> remote_source_of(const Work& work);
Work as_work(RemoteSource source);

// A full commit id: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits.
bool is_commit(std::string_view text);
// What it gives can't become another thing: it has the digest of its file, or names a commit.
bool is_pinned(const RemoteSource& source);
// Of a pinned one.
std::string pinned_commit(const GitAction& git);

// Input errors for what the git program could read as something else: options, patterns, several refs in one; a checksum that is no
// hex number or contradicts the ref.
Status check_git_words(const GitAction& git);

}  // namespace mabplan
