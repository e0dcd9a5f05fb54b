// Two content stores as one: what the near one has not is taken from the far one, and kept near; what is written goes to both.
#pragma once

#include "runtime/store/content_store.h"
#include "runtime/store/far_side.h"

namespace mabplan::runtime {

// Failures of the near one are those of the whole; one of the far one is `side`'s, and what it has is absent from then on.
class LayeredContentStore final : public ContentStore {
public:
    LayeredContentStore(const ContentStore& near, const ContentStore& far, FarSide& side) : near_(near), far_(far), side_(side) {}

    Result<std::vector<bool>> has(std::span<const Digest> digests) const override;
    // What is far is near, whole and verified, before its first byte is read.
    Result<std::unique_ptr<ByteSource>> open(const Digest& digest) const override;
    Result<std::unique_ptr<ContentWriter>> create() const override;

private:
    Status bring_near(const Digest& digest) const;

    const ContentStore& near_;
    const ContentStore& far_;
    FarSide& side_;
};

}  // namespace mabplan::runtime
