// All that a build takes from the network beside images: files behind URLs and repositories. The one place where it is decided which
// file a URL gives and which commit a ref is at; within one process the answer stays the same.
#pragma once

#include "plans/model/remote_source.h"
#include "runtime/sources/git_remote.h"
#include "runtime/sources/url_files.h"
#include "runtime/sys/guarded.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace mabplan::runtime {

// Answers by key, each made once, however many threads ask for it; failures stay as well.
template <class Answer>
class Answers {
public:
    Result<Answer> get(const std::string& key, const std::function<Result<Answer>()>& make) {
        const std::shared_ptr<Slot> slot = slots_.with([&](auto& slots) {
            auto& found = slots[key];
            if (!found) found = std::make_shared<Slot>();
            return found;
        });
        const auto answer = slot->lock();
        if (!*answer) *answer = make();
        return **answer;
    }

private:
    using Slot = Guarded<std::optional<Result<Answer>>>;
    Guarded<std::map<std::string, std::shared_ptr<Slot>>> slots_;
};

// Safe to use from several threads. Of those who ask for the same one hears of the progress.
class SourceFetcher {
public:
    struct Options {
        UrlFileOptions urls;
        GitOptions git;
    };
    SourceFetcher(Options options, Store& store);

    // The source with its checksum: the digest of what its URL gives now, the commit that its ref is at. One that is pinned comes back
    // as it is, and nobody is asked. The file is in the store afterwards.
    Result<RemoteSource> pin(const RemoteSource& source, const ByteProgress& progress = {});
    // The file of a pinned source, in the store.
    Result<FetchedFile> file(const FetchAction& pinned, const ByteProgress& progress = {});
    // The files of a pinned source, in a folder of the store's scratch that stays as long as the process.
    Result<GitTree> tree(const GitAction& pinned, const ByteProgress& progress = {});

private:
    Result<FetchAction> pin_file(const FetchAction& fetch, const ByteProgress& progress);
    Result<GitAction> pin_commit(const GitAction& git);
    Result<FoundCommit> found_commit(const GitAction& git);
    Result<const GitProgram*> program();
    Result<GitTree> check_out_new(const GitAction& pinned, const ByteProgress& progress);

    Store& store_;
    GitOptions git_;
    bool offline_;
    UrlFiles urls_;
    Guarded<std::optional<GitProgram>> program_;
    Answers<FetchedFile> files_;    // by URL
    Answers<FoundCommit> commits_;  // by address and ref
    Answers<GitTree> trees_;        // by key of the action
};

// Its address without the user's name and password, for people.
std::string shown_source(const RemoteSource& source);

}  // namespace mabplan::runtime
