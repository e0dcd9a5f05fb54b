// gzip decoding by zlib, for builds without ISA-L.
#include "runtime/layer/codec_libraries.h"

#include "plans/base/format.h"
#include "runtime/layer/gzip_stream.h"

#include <zlib.h>

namespace mabplan::runtime {

namespace {

constexpr int kGzipWindow = 15 + 16;  // 16: a gzip header and trailer (zlib.h, inflateInit2)

class ZlibInflater final : public MemberInflater {
public:
    ZlibInflater() : ready_(inflateInit2(&state_, kGzipWindow) == Z_OK) {}
    ~ZlibInflater() override {
        if (ready_) inflateEnd(&state_);
    }
    ZlibInflater(const ZlibInflater&) = delete;
    ZlibInflater& operator=(const ZlibInflater&) = delete;

    Status inflate_some(std::span<std::uint8_t>& in, std::span<std::uint8_t>& out) override {
        if (!ready_) return fail(ErrorKind::Environment, "there is no memory to decode gzip");
        state_.next_in = in.data();
        state_.avail_in = static_cast<uInt>(in.size());
        state_.next_out = out.data();
        state_.avail_out = static_cast<uInt>(out.size());
        const int outcome = inflate(&state_, Z_NO_FLUSH);
        in = in.last(state_.avail_in);
        out = out.last(state_.avail_out);
        ended_ = outcome == Z_STREAM_END;
        if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR)  // the last: it needs more bytes
            return input_error(format("the gzip bytes are damaged (zlib: {})", state_.msg == nullptr ? "no further word" : state_.msg));
        return {};
    }
    bool has_ended() const override { return ended_; }
    void start_next() override {
        inflateReset(&state_);
        ended_ = false;
    }

private:
    z_stream state_{};
    bool ready_ = false;
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed) {
    return inflate_members(std::move(packed), std::make_unique<ZlibInflater>());
}

}  // namespace mabplan::runtime
