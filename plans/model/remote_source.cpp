#include "plans/model/remote_source.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan {

namespace {

constexpr std::size_t kSha1Digits = 40;
constexpr std::size_t kSha256Digits = 64;

bool is_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// What no ref of a repository holds (git-check-ref-format(1)); ':' and '^' mean something in the words for a fetch.
bool is_ref(std::string_view ref) {
    if (ref.empty()) return true;
    const auto is_bad = [](char c) { return is_control(c) || std::string_view(" ~^:?*[\\").find(c) != std::string_view::npos; };
    const bool bad = std::any_of(ref.begin(), ref.end(), is_bad);
    return !bad && ref.front() != '-' && ref.front() != '/' && ref.back() != '/' && ref.find("..") == std::string_view::npos &&
           ref.find("@{") == std::string_view::npos && ref.find("//") == std::string_view::npos;
}

}  // namespace

std::optional<RemoteSource> remote_source_of(const Work& work) {
    if (const auto* fetch = std::get_if<FetchAction>(&work)) return RemoteSource(*fetch);
    if (const auto* git = std::get_if<GitAction>(&work)) return RemoteSource(*git);
    return std::nullopt;
}

Work as_work(RemoteSource source) {
    return std::visit([](auto&& each) { return Work(std::forward<decltype(each)>(each)); }, std::move(source));
}

bool is_commit(std::string_view text) { return (text.size() == kSha1Digits || text.size() == kSha256Digits) && is_hex(text); }

bool is_pinned(const RemoteSource& source) {
    if (const auto* fetch = std::get_if<FetchAction>(&source)) return !fetch->checksum.empty();
    const auto& git = std::get<GitAction>(source);
    return is_commit(git.checksum) || is_commit(git.ref);
}

std::string pinned_commit(const GitAction& git) { return is_commit(git.ref) ? git.ref : git.checksum; }

Status check_git_words(const GitAction& git) {
    if (git.remote.empty() || git.remote.starts_with('-') || std::any_of(git.remote.begin(), git.remote.end(), is_control))
        return input_error("the address of the repository can't be given to git");
    if (!is_ref(git.ref)) return input_error(format("{} is no name of a branch, tag or commit", quoted(git.ref)));
    if (!is_hex(git.checksum))
        return fail(ErrorKind::Input, format("{} is no commit", quoted(git.checksum)), "a commit is written in lower-case hex digits");
    if (is_commit(git.ref) && !git.ref.starts_with(git.checksum))
        return fail(ErrorKind::Verify, format("the commit {} is not the one that is asked for: expected {}", git.ref, git.checksum),
                    "the address names one commit, and what checks it (commit= or checksum= of the address, --checksum) another: "
                    "leave one of them out");
    if (git.fetch_by_commit && !is_commit(git.ref) && !is_commit(git.checksum))
        return input_error("fetch-by-commit needs a full commit: as the ref, or as the checksum");
    return {};
}

}  // namespace mabplan
