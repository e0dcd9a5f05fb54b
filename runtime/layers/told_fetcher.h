// Fetches as another one does, and tells of each blob as a transfer. Does not know where blobs come from.
#pragma once

#include "plans/base/format.h"
#include "runtime/events/transfers.h"
#include "runtime/layers/blob_fetcher.h"

namespace mabplan::runtime {

class ToldFetcher final : public BlobFetcher {
private:
    template <class Move>
    auto follow(const ImageLocation& location, const Descriptor& blob, const ByteProgress& progress, const Move& move) {
        return transfers_.follow(format("{} {}", location.address, blob.digest.short_hex()), [&](const ByteProgress& tell) {
            return move([&](std::uint64_t done, std::optional<std::uint64_t> total) {
                tell(done, total);
                if (progress) progress(done, total);
            });
        });
    }

public:
    ToldFetcher(BlobFetcher& fetcher, Transfers& transfers) : fetcher_(fetcher), transfers_(transfers) {}

    Status fetch(const ImageLocation& location, const Descriptor& blob, const ByteProgress& progress) override {
        return follow(location, blob, progress, [&](const ByteProgress& tell) { return fetcher_.fetch(location, blob, tell); });
    }
    Result<bool> send(const ImageLocation& location, const Descriptor& blob, ByteSink& sink, const ByteProgress& progress) override {
        return follow(location, blob, progress, [&](const ByteProgress& tell) { return fetcher_.send(location, blob, sink, tell); });
    }

private:
    BlobFetcher& fetcher_;
    Transfers& transfers_;
};

}  // namespace mabplan::runtime
