// Bytes by their digest, wherever they are kept: on this host, with others, or on both. Does not know what the bytes mean.
#pragma once

#include "plans/base/digest.h"
#include "plans/base/result.h"
#include "runtime/sys/byte_stream.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mabplan::runtime {

// A content on its way in. Dropped without commit, it leaves nothing behind.
class ContentWriter : public ByteSink {
public:
    virtual std::uint64_t count() const = 0;
    // Publishes under the digest of what was written, or fails with a Verify error if that is not `expected`.
    virtual Result<Digest> commit(const std::optional<Digest>& expected) = 0;
    Result<Digest> commit() { return commit(std::nullopt); }
};

// Safe to use from several threads; a content is there only when it is whole.
class ContentStore {
public:
    virtual ~ContentStore() = default;
    // One for each digest, in their order: many are asked for at once, where asking is a way.
    virtual Result<std::vector<bool>> has(std::span<const Digest> digests) const = 0;
    // Not verified: the reader hashes. A Verify error if it is not there.
    virtual Result<std::unique_ptr<ByteSource>> open(const Digest& digest) const = 0;
    virtual Result<std::unique_ptr<ContentWriter>> create() const = 0;
};

}  // namespace mabplan::runtime
