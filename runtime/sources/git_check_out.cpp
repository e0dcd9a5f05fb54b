// The files of one commit as a folder.
#include "runtime/sources/git_remote.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"

#include <filesystem>
#include <functional>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kSha1Digits = 40;

// The index as if nothing were known of the files, objects in one pack, nothing of how they came: the same bytes for everybody. In words
// of the shell, for git runs the same in each submodule.
constexpr std::string_view kSettle =
    "git read-tree HEAD && git repack -a -d -f -q && cd \"$(git rev-parse --git-dir)\" && rm -f FETCH_HEAD ORIG_HEAD";

bool says(const Error& error, std::string_view words) { return error.detail.find(words) != std::string::npos; }

class CheckOut {
public:
    CheckOut(const GitProgram& git, const std::string& folder, const GitAction& source, const FoundCommit& found,
             const ByteProgress& progress)
        : git_(git), folder_(folder), source_(source), found_(found), progress_(progress), shown_(shown_remote(source.remote)) {}

    Result<GitTree> make() {
        MABPLAN_CHECK(start());
        if (progress_) progress_(0, std::nullopt);
        MABPLAN_CHECK(fetch());
        if (progress_) tell_received();
        MABPLAN_TRY(commit, run({"rev-parse", "--verify", "--quiet", found_.commit + "^{commit}"}, "finding the commit in"));
        const std::string id(trim(commit));
        MABPLAN_CHECK(run({"checkout", "--quiet", "--detach", id}, "laying out the files of"));
        if (source_.submodules) MABPLAN_CHECK(add_submodules());
        MABPLAN_TRY(time, run({"show", "--no-patch", "--format=%ct", id}, "reading the commit of"));
        if (source_.keep_git_dir) MABPLAN_CHECK(settle());
        return GitTree{folder_, id, parse_signed(trim(time)).value_or(0)};
    }

private:
    Result<std::string> run(std::vector<std::string> words, std::string_view doing, GitAttempts attempts = GitAttempts::One) const {
        const bool tells = attempts == GitAttempts::Network && progress_;
        return git_.run(folder_, std::move(words), format("{} {}", doing, shown_), attempts,
                        tells ? std::function<void()>([this] { tell_received(); }) : std::function<void()>());
    }

    // By the packs that git has written, also those that it is writing.
    void tell_received() const {
        const std::string packs = folder_ + "/.git/objects/pack";
        const auto names = list_names(packs);
        if (!names) return;
        std::uint64_t bytes = 0;
        for (const std::string& name : *names) {
            std::error_code gone;
            const std::uintmax_t size = std::filesystem::file_size(packs + "/" + name, gone);
            if (!gone) bytes += size;
        }
        progress_(bytes, std::nullopt);
    }

    Status start() const {
        std::vector<std::string> words{"init", "--quiet", "--template="};
        if (found_.commit.size() > kSha1Digits) words.emplace_back("--object-format=sha256");
        MABPLAN_CHECK(run(std::move(words), "making a repository for"));
        return run({"remote", "add", "origin", source_.remote}, "making a repository for").map([](const std::string&) {});
    }

    bool has_commit() const { return run({"cat-file", "-e", found_.commit + "^{commit}"}, "looking into").has_value(); }

    // The newest commit alone where the server can do that (plain file servers can't).
    Status fetch_spec(const std::string& spec) const {
        std::vector<std::string> words{"fetch", "--quiet", "--force", "--update-head-ok", "--no-tags", "--no-recurse-submodules"};
        words.insert(words.end(), {"--depth=1", "--", "origin", spec});
        auto fetched = run(words, "fetching from", GitAttempts::Network);
        if (fetched || !(says(fetched.error(), "shallow") || says(fetched.error(), "--depth")))
            return fetched.map([](const std::string&) {});
        std::erase(words, "--depth=1");
        return run(std::move(words), "fetching from", GitAttempts::Network).map([](const std::string&) {});
    }

    // A server may refuse to give a commit by its id, or a ref may have moved on: then everything is fetched, and the commit is in it.
    Status fetch() const {
        const std::string& name = found_.ref;
        if (!name.empty()) MABPLAN_CHECK(fetch_spec(name == "HEAD" ? name : name + ":" + name));
        if (has_commit()) return {};
        Status by_id = fetch_spec(found_.commit);
        if (!by_id && by_id.error().kind != ErrorKind::Registry) return by_id;
        if (by_id && has_commit()) return {};
        std::vector<std::string> all{"fetch", "--quiet", "--force", "--update-head-ok", "--tags", "--no-recurse-submodules"};
        if (path_exists(folder_ + "/.git/shallow")) all.emplace_back("--unshallow");
        all.insert(all.end(), {"--", "origin", "+refs/heads/*:refs/remotes/origin/*"});
        MABPLAN_CHECK(run(std::move(all), "fetching from", GitAttempts::Network));
        if (has_commit()) return {};
        // why the server did not give it by its id is in git's own words
        return fail(ErrorKind::Registry, format("{} has no commit {}", shown_, found_.commit), {},
                    by_id ? std::string{} : by_id.error().detail);
    }

    Status add_submodules() const {
        if (!path_exists(folder_ + "/.gitmodules")) return {};
        std::vector<std::string> words{"submodule", "--quiet", "update", "--init", "--recursive", "--depth=1"};
        auto added = run(words, "fetching the submodules of", GitAttempts::Network);
        if (added || !(says(added.error(), "shallow") || says(added.error(), "--depth"))) return added.map([](const std::string&) {});
        words.pop_back();
        return run(std::move(words), "fetching the submodules of", GitAttempts::Network).map([](const std::string&) {});
    }

    Status settle() const {
        MABPLAN_CHECK(run({"remote", "set-url", "origin", shown_}, "settling the repository of"));
        // addresses of submodules that are relative were made with the secrets of this one
        if (source_.submodules) MABPLAN_CHECK(run({"submodule", "--quiet", "sync", "--recursive"}, "settling the submodules of"));
        // an alias that begins with "!" is how git runs words of the shell
        const std::string here = format("alias.settle=!{}", kSettle);
        MABPLAN_CHECK(run({"-c", here, "settle"}, "settling the repository of"));
        return run({"submodule", "--quiet", "foreach", "--recursive", std::string(kSettle)}, "settling the submodules of")
            .map([](const std::string&) {});
    }

    const GitProgram& git_;
    const std::string& folder_;
    const GitAction& source_;
    const FoundCommit& found_;
    const ByteProgress& progress_;
    std::string shown_;
};

}  // namespace

Result<GitTree> check_out(const GitProgram& git, const std::string& folder, const GitAction& source, const FoundCommit& found,
                          const ByteProgress& progress) {
    return CheckOut(git, folder, source, found, progress).make();
}

}  // namespace mabplan::runtime
