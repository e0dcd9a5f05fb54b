// Blobs by digest: files under blobs/sha256/ of the store. A blob is visible only when it is whole and its bytes hash to its name.
// The local form of a content store. Does not know what a blob means.
#pragma once

#include "plans/base/digest.h"
#include "plans/base/result.h"
#include "runtime/store/content_store.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/last_use.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

class BlobStore final : public ContentStore {
public:
    // `root` holds blobs/sha256, which must exist. Blobs are written in `scratch`, a folder on the same file system.
    BlobStore(std::string root, std::string scratch)
        : root_(std::move(root)),
          scratch_(std::move(scratch)),
          uses_(std::make_shared<LastUses>(uses_lock(root_))),
          written_(std::make_shared<Written>()) {}

    Result<std::vector<bool>> has(std::span<const Digest> digests) const override;
    Result<std::unique_ptr<ByteSource>> open(const Digest& digest) const override;
    Result<std::unique_ptr<ContentWriter>> create() const override;

    // The same from a byte on.
    Result<std::unique_ptr<ByteSource>> open_at(const Digest& digest, std::uint64_t offset) const;
    // Into a sink, from a byte on; not verified.
    Status send(const Digest& digest, std::uint64_t offset, ByteSink& sink) const;
    // Size in bytes if the blob is there, which counts as its use.
    std::optional<std::uint64_t> size(const Digest& digest) const;
    std::string path(const Digest& digest) const;
    Status put(const Digest& digest, std::string_view bytes) const;
    // The bytes, verified against the digest; a damaged blob is removed and reported as a Verify error.
    Result<std::string> read(const Digest& digest, std::uint64_t max_bytes = 64U << 20U) const;
    Status remove(const Digest& digest) const;
    // This process has written it, hashed what it wrote, and nobody has touched the file since: its bytes need not be verified once more.
    bool has_written(const Digest& digest) const;

private:
    friend class BlobWriter;
    struct Identity {  // of a file as it was left: nobody sets the time of its change
        std::uint64_t inode = 0;
        std::int64_t changed = 0;  // nanoseconds since 1970
        bool operator==(const Identity&) const = default;
    };
    using Written = Guarded<std::map<Digest, Identity>>;
    static std::optional<Identity> identity_of(const std::string& path);
    std::string root_;
    std::string scratch_;
    std::shared_ptr<LastUses> uses_;
    std::shared_ptr<Written> written_;
};

}  // namespace mabplan::runtime
