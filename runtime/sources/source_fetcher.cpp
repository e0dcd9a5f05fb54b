#include "runtime/sources/source_fetcher.h"

#include "plans/model/action_key.h"
#include "runtime/http/offline.h"
#include "runtime/sys/temporary.h"

namespace mabplan::runtime {

namespace {

// Refs are asked for by what git is given: an address may hold a password, so the records have its digest.
std::string ref_name(const GitAction& git) { return "git " + Digest::of(git.remote + "\n" + git.ref).text(); }

}  // namespace

std::string shown_source(const RemoteSource& source) {
    if (const auto* fetch = std::get_if<FetchAction>(&source)) return shown_address(fetch->url);
    return shown_remote(std::get<GitAction>(source).remote);
}

SourceFetcher::SourceFetcher(Options options, Store& store)
    : store_(store), git_(std::move(options.git)), offline_(options.urls.offline), urls_(std::move(options.urls), store) {}

Result<RemoteSource> SourceFetcher::pin(const RemoteSource& source, const ByteProgress& progress) {
    if (is_pinned(source)) return source;
    if (const auto* fetch = std::get_if<FetchAction>(&source))
        return pin_file(*fetch, progress).map([](FetchAction pinned) { return RemoteSource(std::move(pinned)); });
    return pin_commit(std::get<GitAction>(source)).map([](GitAction pinned) { return RemoteSource(std::move(pinned)); });
}

Result<FetchAction> SourceFetcher::pin_file(const FetchAction& fetch, const ByteProgress& progress) {
    MABPLAN_TRY(file, files_.get(fetch.url, [&] { return urls_.current(fetch.url, progress); }));
    FetchAction pinned = fetch;
    pinned.checksum = file.digest.text();
    pinned.modified = file.modified;
    return pinned;
}

Result<GitAction> SourceFetcher::pin_commit(const GitAction& git) {
    MABPLAN_TRY(found, found_commit(git));
    MABPLAN_CHECK(check_commit(git, found));
    GitAction pinned = git;
    pinned.checksum = found.commit;
    return pinned;
}

// Offline the commit that the ref was at last is taken: its files may be in the store.
Result<FoundCommit> SourceFetcher::found_commit(const GitAction& git) {
    return commits_.get(ref_name(git), [&]() -> Result<FoundCommit> {
        if (offline_) {
            MABPLAN_TRY(known, store_.records().find_remote(ref_name(git)));
            if (known) return FoundCommit{{}, known->value, {}};
            return refuse_offline(shown_remote(git.remote));
        }
        MABPLAN_TRY(program, this->program());
        MABPLAN_TRY(found, find_commit(*program, store_.scratch(), git));
        MABPLAN_CHECK(store_.records().put_remote(ref_name(git), {found.commit, {}, {}}));
        return found;
    });
}

Result<const GitProgram*> SourceFetcher::program() {
    const auto program = program_.lock();
    if (!*program) {
        MABPLAN_TRY(room, make_fresh_folder(store_.scratch(), "git-room"));
        MABPLAN_TRY(opened, GitProgram::open(git_, room));
        *program = std::move(opened);
    }
    return &**program;  // stays as it is from here on
}

Result<FetchedFile> SourceFetcher::file(const FetchAction& pinned, const ByteProgress& progress) {
    MABPLAN_TRY(digest, Digest::parse(pinned.checksum));
    return files_.get(pinned.url + "\n" + pinned.checksum, [&] { return urls_.pinned(pinned.url, digest, progress); });
}

Result<GitTree> SourceFetcher::tree(const GitAction& pinned, const ByteProgress& progress) {
    return trees_.get(hash_fields(pinned, {}, {}).text(), [&] { return check_out_new(pinned, progress); });
}

// A commit that the source names is fetched by its id; of any other the ref must still be at it.
Result<GitTree> SourceFetcher::check_out_new(const GitAction& pinned, const ByteProgress& progress) {
    if (offline_) return refuse_offline(shown_remote(pinned.remote));
    MABPLAN_TRY(program, this->program());
    FoundCommit found{{}, pinned_commit(pinned), {}};
    MABPLAN_CHECK(check_git_words(pinned));
    if (!is_commit(pinned.ref) && !pinned.fetch_by_commit) {
        MABPLAN_TRY(at, found_commit(pinned));
        MABPLAN_CHECK(check_commit(pinned, at));
        found = std::move(at);
    }
    MABPLAN_TRY(folder, make_fresh_folder(store_.scratch(), "git", 0755));
    return check_out(*program, folder, pinned, found, progress);
}

}  // namespace mabplan::runtime
