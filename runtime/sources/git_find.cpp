// What a ref is at, by what git ls-remote says.
#include "runtime/sources/git_remote.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/base/url_parts.h"

#include <map>

namespace mabplan::runtime {

namespace {

constexpr std::string_view kSymbolic = "ref: ";

// Names to what they are at: commits, tag objects, and for "HEAD" maybe another name.
struct RemoteRefs {
    std::map<std::string, std::string> ids;
    std::string head;  // the branch that HEAD stands for; empty if it says none
};

RemoteRefs read_refs(std::string_view text) {
    RemoteRefs refs;
    for (const std::string_view line : split(text, '\n')) {
        const std::size_t tab = line.find('\t');
        if (tab == std::string_view::npos) continue;
        const std::string_view value = line.substr(0, tab);
        const std::string name(line.substr(tab + 1));
        if (value.starts_with(kSymbolic)) {
            if (name == "HEAD") refs.head = value.substr(kSymbolic.size());
        } else if (is_commit(value)) {
            refs.ids[name] = value;
        }
    }
    return refs;
}

std::string with_prefix(std::string_view prefix, const std::string& name) {
    return name.starts_with(prefix) ? name : std::string(prefix) + name;
}

// The full name that is meant: as it stands below refs/, else a branch, else a tag.
FoundCommit choose(const RemoteRefs& refs, const std::string& ref) {
    if (ref.empty()) {
        const auto head = refs.ids.find("HEAD");
        if (head == refs.ids.end()) return {};
        return {refs.head.starts_with("refs/") ? refs.head : "HEAD", head->second, {}};
    }
    for (const char* prefix : {"refs/", "refs/heads/", "refs/tags/"}) {
        const std::string name = with_prefix(prefix, ref);
        const auto found = refs.ids.find(name);
        if (found == refs.ids.end()) continue;
        const auto peeled = refs.ids.find(name + "^{}");
        return peeled == refs.ids.end() ? FoundCommit{name, found->second, {}} : FoundCommit{name, peeled->second, found->second};
    }
    return {};
}

}  // namespace

std::string shown_remote(const std::string& remote) {
    return remote.starts_with("ssh:") ? remote : without_user(remote);  // of ssh it is no secret, and needed
}

Status check_commit(const GitAction& source, const FoundCommit& found) {
    if (found.commit.starts_with(source.checksum) || (!found.tag.empty() && found.tag.starts_with(source.checksum))) return {};
    const std::string ref = source.ref.empty() ? "the default branch" : quoted(source.ref);
    return fail(ErrorKind::Verify,
                format("{} of {} is not at the commit that is asked for: expected {}, found {}", ref, shown_remote(source.remote),
                       source.checksum, found.tag.empty() ? found.commit : format("{} (tag {})", found.commit, found.tag)),
                "if it was meant to move, change what asks for it (commit= or checksum= of the address, --checksum)");
}

Result<FoundCommit> find_commit(const GitProgram& git, const std::string& folder, const GitAction& source) {
    MABPLAN_CHECK(check_git_words(source));
    if (is_commit(source.ref)) return FoundCommit{{}, source.ref, {}};
    if (source.fetch_by_commit) return FoundCommit{{}, source.checksum, {}};
    std::vector<std::string> words{"ls-remote", "--quiet", "--symref", "--", source.remote};
    if (source.ref.empty()) words.push_back("HEAD");
    else words.insert(words.end(), {source.ref, source.ref + "^{}"});
    MABPLAN_TRY(listed,
                git.run(folder, std::move(words), format("asking {} for its refs", shown_remote(source.remote)), GitAttempts::Network));
    const FoundCommit found = choose(read_refs(listed), source.ref);
    if (found.commit.empty())
        return fail(ErrorKind::Registry,
                    source.ref.empty() ? format("{} has no commit yet", shown_remote(source.remote))
                                       : format("{} has no branch, tag or commit {}", shown_remote(source.remote), quoted(source.ref)));
    return found;
}

}  // namespace mabplan::runtime
