// Files behind URLs and repositories, as the process finds its way to them: proxies, certificates, agents, the git program. Answers the
// compiler's questions about them; the runtime uses what was fetched for that.
#pragma once

#include "compiler/ports/remote_sources.h"
#include "plans/model/plan.h"
#include "runtime/context/local_tree.h"
#include "runtime/sources/source_fetcher.h"
#include "runtime/sys/stop.h"

#include <string>
#include <vector>

namespace mabplan::tools {

class RemoteAccess final : public compiler::RemoteSources {
public:
    struct Options {
        std::string root;                      // what files of certificates are relative to
        std::vector<RegistryHost> registries;  // hosts whose certificates are the user's own
        bool offline = false;
        Digest standard_input{};              // of the archive that came there, in the store; empty if none did
        const runtime::Stop* stop = nullptr;  // ends what is being fetched
    };
    RemoteAccess(const Options& options, runtime::Store& store);
    ~RemoteAccess() override;

    Result<RemoteSource> pin(const RemoteSource& source) override;
    Result<bool> is_archive(const FetchAction& pinned) override;
    Result<std::optional<std::string>> read_text(const RemoteSource& pinned, const std::string& path) override;
    Result<std::optional<std::int64_t>> time(const RemoteSource& pinned) override;

    // What the runtime asks.
    runtime::SourceFetcher& sources() { return sources_; }

private:
    Result<std::unique_ptr<runtime::ByteSource>> open_file(const FetchAction& pinned);
    Result<std::optional<std::string>> read_from_tree(const GitAction& git, const std::string& path);

    runtime::Store& store_;
    Digest standard_input_;
    runtime::DigestCache digests_;  // of checked out files: nothing is kept
    runtime::SourceFetcher sources_;
};

}  // namespace mabplan::tools
