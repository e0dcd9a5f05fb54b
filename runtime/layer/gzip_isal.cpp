// gzip decoding by ISA-L's igzip: three times as fast as zlib.
#include "runtime/layer/codec_libraries.h"

#include "plans/base/format.h"
#include "runtime/layer/gzip_stream.h"

#include <isa-l/igzip_lib.h>

namespace mabplan::runtime {

namespace {

class IsalInflater final : public MemberInflater {
public:
    IsalInflater() {
        isal_inflate_init(&state_);
        state_.crc_flag = ISAL_GZIP;
    }

    Status inflate_some(std::span<std::uint8_t>& in, std::span<std::uint8_t>& out) override {
        state_.next_in = in.data();
        state_.avail_in = static_cast<std::uint32_t>(in.size());
        state_.next_out = out.data();
        state_.avail_out = static_cast<std::uint32_t>(out.size());
        const int outcome = isal_inflate(&state_);
        in = in.last(state_.avail_in);
        out = out.last(state_.avail_out);
        if (outcome < 0) return input_error(format("the gzip bytes are damaged (igzip code {})", outcome));
        return {};
    }
    bool has_ended() const override { return state_.block_state == ISAL_BLOCK_FINISH; }
    void start_next() override {
        isal_inflate_reset(&state_);
        state_.crc_flag = ISAL_GZIP;
    }

private:
    struct inflate_state state_ {};
};

}  // namespace

std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed) {
    return inflate_members(std::move(packed), std::make_unique<IsalInflater>());
}

}  // namespace mabplan::runtime
