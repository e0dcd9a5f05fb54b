// Sources of ADD that are no files of a context: URLs and git addresses, as actions (Dockerfile reference, "ADD").
#pragma once

#include "plans/base/result.h"
#include "plans/model/action.h"

#include <optional>
#include <string>
#include <string_view>

namespace mabplan::compiler {

bool is_git_source(std::string_view source);
bool is_remote_source(std::string_view source);  // git, http or https
// Of a git address with "?mtime=checkout": its files are not to have the time of their commit.
bool asks_for_checkout_times(std::string_view source);

// Input errors: a bad git address, a checksum or keep-git-dir that contradicts the address.
Result<GitAction> added_git(std::string_view source, std::optional<bool> keep_git_dir, const std::string& checksum);
// The file is called as the last part of the URL's path, or "__unnamed__". An Input error if `checksum` is no digest.
Result<FetchAction> added_file(std::string_view source, const std::string& checksum);

}  // namespace mabplan::compiler
