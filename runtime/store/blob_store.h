// Blobs by digest: files under blobs/sha256/ of the store. A blob is visible only when it is whole and its bytes hash to its name.
// Does not know what a blob means.
#pragma once

#include "plans/base/digest.h"
#include "plans/base/result.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/temporary.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan::runtime {

// A blob on its way in. Dropped without commit, it leaves nothing behind.
class BlobWriter final : public ByteSink {
public:
    BlobWriter(const BlobWriter&) = delete;
    BlobWriter& operator=(const BlobWriter&) = delete;

    Status write(std::string_view bytes) override { return hash_.write(bytes); }
    std::uint64_t count() const { return hash_.count(); }
    // Publishes under the digest of what was written, or fails with a Verify error if that is not `expected`.
    Result<Digest> commit(const std::optional<Digest>& expected = std::nullopt);

private:
    friend class BlobStore;
    BlobWriter(PendingFile file, std::string blobs) : file_(std::move(file)), blobs_(std::move(blobs)), hash_(&file_) {}
    PendingFile file_;
    std::string blobs_;  // the folder to publish in
    HashingSink hash_;
};

class BlobStore {
public:
    // `root` holds blobs/sha256, which must exist. Blobs are written in `scratch`, a folder on the same file system.
    BlobStore(std::string root, std::string scratch) : root_(std::move(root)), scratch_(std::move(scratch)) {}

    // Size in bytes if the blob is there.
    std::optional<std::uint64_t> size(const Digest& digest) const;
    std::string path(const Digest& digest) const;
    Result<std::unique_ptr<BlobWriter>> create() const;
    Status put(const Digest& digest, std::string_view bytes) const;
    // The bytes, verified against the digest; a damaged blob is removed and reported as a Verify error.
    Result<std::string> read(const Digest& digest, std::uint64_t max_bytes = 64U << 20U) const;
    Result<std::unique_ptr<ByteSource>> open(const Digest& digest) const;  // not verified: the reader hashes
    Status remove(const Digest& digest) const;

private:
    std::string root_;
    std::string scratch_;
};

}  // namespace mabplan::runtime
