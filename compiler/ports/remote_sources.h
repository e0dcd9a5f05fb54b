// The questions the compiler asks about sources in the network: build contexts that lie there, and times that are theirs. Answered
// outside; the same question gives the same answer within one compilation.
#pragma once

#include "plans/model/remote_source.h"

#include <cstdint>
#include <optional>
#include <string>

namespace mabplan::compiler {

class RemoteSources {
public:
    virtual ~RemoteSources() = default;
    // The source with its checksum: the digest of what its URL gives now, or the commit that its ref is at.
    virtual Result<RemoteSource> pin(const RemoteSource& source) = 0;
    // The file of a pinned URL is an archive, by its first bytes.
    virtual Result<bool> is_archive(const FetchAction& pinned) = 0;
    // A text file in a pinned repository (below its subdir) or archive, or the file of a URL itself by its name; nothing if there is none.
    virtual Result<std::optional<std::string>> read_text(const RemoteSource& pinned, const std::string& path) = 0;
    // The time of the commit; of a file what its server says, else that of the newest file in the archive. Seconds since 1970.
    virtual Result<std::optional<std::int64_t>> time(const RemoteSource& pinned) = 0;
};

}  // namespace mabplan::compiler
