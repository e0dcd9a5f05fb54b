#include "compiler/lower/remote_source.h"

#include "compiler/sources/git_reference.h"
#include "compiler/sources/remote_file.h"
#include "plans/base/digest.h"
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/model/remote_source.h"

namespace mabplan::compiler {

namespace {

// What one place and another say of the same thing must agree.
template <class Value>
Status merge(std::optional<Value>& said, const std::optional<Value>& also, const char* what) {
    if (said && also && *said != *also) return input_error(format("inconsistent {}: the address says otherwise", what));
    if (!said) said = also;
    return {};
}

std::optional<std::string> given(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

}  // namespace

bool is_git_source(std::string_view source) {
    const auto parsed = parse_git_reference(source);
    return !parsed || (*parsed && !(*parsed)->could_be_local_path);
}

bool is_remote_source(std::string_view source) { return is_http_source(source) || is_git_source(source); }

bool asks_for_checkout_times(std::string_view source) {
    const auto parsed = parse_git_reference(source);
    return parsed && *parsed && (*parsed)->mtime == "checkout";
}

Result<GitAction> added_git(std::string_view source, std::optional<bool> keep_git_dir, const std::string& checksum) {
    MABPLAN_TRY(parsed, parse_git_reference(source));
    if (!parsed) return input_error(format("{} is no git address", quoted(source)));
    auto commit = given(checksum);
    MABPLAN_CHECK(merge(keep_git_dir, parsed->keep_git_dir, "keep-git-dir"));
    MABPLAN_CHECK(merge(commit, given(parsed->checksum), "checksum"));
    GitAction git;
    git.remote = parsed->remote;
    if (parsed->could_be_local_path) git.remote = "https://" + git.remote;
    git.ref = parsed->ref;
    git.subdir = parsed->subdir;
    git.checksum = commit.value_or("");
    git.keep_git_dir = keep_git_dir.value_or(false);
    git.submodules = parsed->submodules.value_or(true);
    git.fetch_by_commit = parsed->fetch_by_commit;
    git.commit_times = parsed->mtime == "commit";
    MABPLAN_CHECK(check_git_words(git));
    return git;
}

Result<FetchAction> added_file(std::string_view source, const std::string& checksum) {
    if (!checksum.empty()) {
        if (auto digest = Digest::parse(checksum); !digest) return pass(std::move(digest).error(), "reading --checksum");
    }
    return FetchAction{std::string(source), checksum, remote_file_name(source)};
}

}  // namespace mabplan::compiler
