// How far bytes on their way are, said by who moves them. Does not know what they are, nor who wants to know.
#pragma once

#include "runtime/sys/byte_stream.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace mabplan::runtime {

// Bytes there are, and will be if that is known. Called as often as there are news, the first time before any byte; less than before where
// the bytes come anew. May be empty: nobody wants to know.
using ByteProgress = std::function<void(std::uint64_t done, std::optional<std::uint64_t> total)>;

// Passes bytes on and says how many they are.
class ProgressSink final : public ByteSink {
public:
    ProgressSink(ByteSink& next, const ByteProgress& progress, std::optional<std::uint64_t> total)
        : next_(next), progress_(progress), total_(total) {
        say();
    }
    Status write(std::string_view bytes) override {
        MABPLAN_CHECK(next_.write(bytes));
        done_ += bytes.size();
        say();
        return {};
    }

private:
    void say() const {
        if (progress_) progress_(done_, total_);
    }

    ByteSink& next_;
    const ByteProgress& progress_;
    std::optional<std::uint64_t> total_;
    std::uint64_t done_ = 0;
};

}  // namespace mabplan::runtime
