#include "compiler/sources/git_settings.h"

#include "compiler/sources/url_escapes.h"
#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace mabplan::compiler {

namespace {

using Settings = std::map<std::string, std::string>;

const std::vector<std::string> kNames{"ref",    "tag",   "branch",       "subdir",     "checksum",
                                      "commit", "mtime", "keep-git-dir", "submodules", "fetch-by-commit"};
constexpr std::array<std::string_view, 3> kSwitches{"keep-git-dir", "submodules", "fetch-by-commit"};

bool is_switch(std::string_view name) { return std::find(kSwitches.begin(), kSwitches.end(), name) != kSwitches.end(); }

Status check_setting(const std::string& name, const std::string& value) {
    if (std::find(kNames.begin(), kNames.end(), name) == kNames.end())
        return fail(ErrorKind::Input, format("unexpected query {}", quoted(name)), suggestion(name, kNames));
    if (value.empty() && !is_switch(name)) return input_error(format("query {} has no value", quoted(name)));
    return {};
}

Result<Settings> split_query(std::string_view query) {
    Settings settings;
    for (const std::string_view piece : split(query, '&')) {
        if (piece.empty()) continue;
        const std::size_t equals = piece.find('=');
        const auto name = decode_query_word(piece.substr(0, equals));
        const auto value = decode_query_word(equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1));
        if (!name || !value || piece.find(';') != std::string_view::npos) return input_error(format("malformed query {}", quoted(piece)));
        MABPLAN_CHECK(check_setting(*name, *value));
        if (!settings.emplace(*name, *value).second) return input_error(format("query {} has multiple values", quoted(*name)));
    }
    return settings;
}

std::string find(const Settings& settings, const std::string& name) {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string{} : found->second;
}

// A switch without a value is on.
Result<std::optional<bool>> read_switch(const Settings& settings, const std::string& name) {
    const auto found = settings.find(name);
    if (found == settings.end()) return std::nullopt;
    const std::string& value = found->second;
    if (value.empty()) return true;
    if (const auto on = parse_truth(value)) return on;
    return input_error(format("invalid {} value: {}", name, quoted(value)));
}

// Two ways to say the same thing must say the same.
Status settle(std::string& target, std::string_view what, const std::string& value) {
    if (value.empty()) return {};
    if (!target.empty() && target != value) return input_error(format("{} conflicts: {} vs {}", what, quoted(target), quoted(value)));
    target = value;
    return {};
}

std::string with_prefix(const std::string& prefix, const std::string& name) {
    return name.empty() || name.starts_with(prefix) ? name : prefix + name;
}

Status settle_ref(const Settings& settings, GitReference& reference) {
    const std::string tag = find(settings, "tag");
    const std::string branch = find(settings, "branch");
    MABPLAN_CHECK(settle(reference.ref, "ref", find(settings, "ref")));
    MABPLAN_CHECK(settle(reference.ref, "ref", with_prefix("refs/tags/", tag)));
    if (!tag.empty() && !branch.empty()) return input_error("branch conflicts with tag");
    return settle(reference.ref, "ref", with_prefix("refs/heads/", branch));
}

}  // namespace

Status read_git_settings(std::string_view query, GitReference& reference) {
    MABPLAN_TRY(settings, split_query(query));
    MABPLAN_CHECK(settle_ref(settings, reference));
    MABPLAN_CHECK(settle(reference.subdir, "subdir", find(settings, "subdir")));
    MABPLAN_CHECK(settle(reference.checksum, "checksum", find(settings, "checksum")));
    MABPLAN_CHECK(settle(reference.checksum, "checksum", find(settings, "commit")));
    reference.mtime = find(settings, "mtime");
    if (!reference.mtime.empty() && reference.mtime != "checkout" && reference.mtime != "commit")
        return input_error(format("invalid mtime value: {} (must be \"checkout\" or \"commit\")", quoted(reference.mtime)));
    MABPLAN_TRY(keep_git_dir, read_switch(settings, "keep-git-dir"));
    MABPLAN_TRY(submodules, read_switch(settings, "submodules"));
    MABPLAN_TRY(fetch_by_commit, read_switch(settings, "fetch-by-commit"));
    reference.keep_git_dir = keep_git_dir;
    reference.submodules = submodules;
    reference.fetch_by_commit = fetch_by_commit.value_or(false);
    return {};
}

}  // namespace mabplan::compiler
