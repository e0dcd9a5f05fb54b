// gzip decoding by ISA-L's igzip: three times as fast as zlib.
#include "runtime/layer/codec_libraries.h"

#include "plans/base/format.h"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kInputBytes = 256U << 10U;
constexpr std::uint8_t kGzipMagic = 0x1f;

class IsalSource final : public ByteSource {
public:
    explicit IsalSource(std::unique_ptr<ByteSource> packed) : packed_(std::move(packed)), input_(kInputBytes) {
        isal_inflate_init(&state_);
        state_.crc_flag = ISAL_GZIP;
    }

    Result<std::size_t> read(std::span<char> buffer) override {
        const auto wanted = static_cast<std::uint32_t>(std::min<std::size_t>(buffer.size(), std::numeric_limits<std::int32_t>::max()));
        state_.next_out = reinterpret_cast<std::uint8_t*>(buffer.data());
        state_.avail_out = wanted;
        while (state_.avail_out == wanted && !done_) MABPLAN_CHECK(advance());
        return wanted - state_.avail_out;
    }

private:
    Status advance() {
        if (state_.avail_in == 0) MABPLAN_CHECK(fill());
        if (state_.block_state == ISAL_BLOCK_FINISH) return start_member();
        const std::uint32_t in = state_.avail_in;
        const std::uint32_t out = state_.avail_out;
        const int outcome = isal_inflate(&state_);
        if (outcome < 0) return input_error(format("the gzip bytes are damaged (igzip code {})", outcome));
        const bool stuck = state_.avail_in == in && state_.avail_out == out && state_.block_state != ISAL_BLOCK_FINISH;
        if (stuck && source_ended_) return input_error("the gzip bytes are cut short");
        return {};
    }

    // After a member come another one, or zeros up to the end (which gzip ignores as well), or the end.
    Status start_member() {
        while (state_.avail_in > 0 && *state_.next_in == 0) {
            ++state_.next_in;
            --state_.avail_in;
            padded_ = true;
        }
        if (state_.avail_in == 0) {
            done_ = source_ended_;
            return {};
        }
        if (padded_ || *state_.next_in != kGzipMagic) return input_error("the gzip bytes are followed by something that is not gzip");
        isal_inflate_reset(&state_);
        state_.crc_flag = ISAL_GZIP;
        return {};
    }

    Status fill() {
        if (source_ended_) return {};
        MABPLAN_TRY(count, packed_->read(input_));
        source_ended_ = count == 0;
        state_.next_in = reinterpret_cast<std::uint8_t*>(input_.data());
        state_.avail_in = static_cast<std::uint32_t>(count);
        return {};
    }

    std::unique_ptr<ByteSource> packed_;
    std::vector<char> input_;
    struct inflate_state state_ {};
    bool source_ended_ = false;
    bool padded_ = false;
    bool done_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed) { return std::make_unique<IsalSource>(std::move(packed)); }

}  // namespace mabplan::runtime
