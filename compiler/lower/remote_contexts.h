// Main build contexts that are no folders: repositories, and archives or single Dockerfiles behind URLs. What they are is found out
// once per compilation, for the Dockerfile and the files of all platforms are of one commit, or of one archive.
#pragma once

#include "compiler/matrix/matrix.h"
#include "compiler/ports/remote_sources.h"

#include <map>
#include <optional>
#include <string>

namespace mabplan::compiler {

struct RemoteContext {
    RemoteSource source;      // pinned
    bool is_archive = false;  // its files are in the file that is fetched
    std::string shown;        // its address without names of users, queries and the like
};

// The named context of this name, if it is remote.
Result<std::optional<RemoteSource>> named_source(const Build& build, const std::string& name);

bool is_remote_context(const Build& build);

// An address without the names of users, queries and the like; of a repository with what of it is meant.
std::string shown_address(const std::string& text);

class RemoteContexts {
public:
    explicit RemoteContexts(RemoteSources& sources) : sources_(sources) {}

    // Of a build whose context is remote.
    Result<const RemoteContext*> open(const Build& build);
    Result<std::optional<std::string>> read_text(const RemoteContext& context, const std::string& path) {
        return sources_.read_text(context.source, path);
    }
    Result<std::optional<std::int64_t>> time(const RemoteContext& context) { return sources_.time(context.source); }
    // The text file behind an http address. An Input error if it is an archive.
    Result<std::string> read_file(const std::string& url);
    // Of something that is not pinned yet.
    Result<std::optional<std::int64_t>> time_of(const RemoteSource& source);

private:
    Result<RemoteContext> find(const Build& build);

    RemoteSources& sources_;
    std::map<std::string, RemoteContext> known_;  // by address and by the build arguments that change what it is
};

}  // namespace mabplan::compiler
