// gzip decoding by zlib, for builds without ISA-L.
#include "runtime/layer/codec_libraries.h"

#include "plans/base/format.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kInputBytes = 256U << 10U;
constexpr int kGzipWindow = 15 + 16;  // 16: a gzip header and trailer (zlib.h, inflateInit2)
constexpr Bytef kGzipMagic = 0x1f;

class ZlibSource final : public ByteSource {
public:
    explicit ZlibSource(std::unique_ptr<ByteSource> packed) : packed_(std::move(packed)), input_(kInputBytes) {
        ready_ = inflateInit2(&state_, kGzipWindow) == Z_OK;
    }
    ~ZlibSource() override {
        if (ready_) inflateEnd(&state_);
    }
    ZlibSource(const ZlibSource&) = delete;
    ZlibSource& operator=(const ZlibSource&) = delete;

    Result<std::size_t> read(std::span<char> buffer) override {
        if (!ready_) return fail(ErrorKind::Environment, "there is no memory to decode gzip");
        const auto wanted = static_cast<uInt>(std::min<std::size_t>(buffer.size(), std::numeric_limits<int>::max()));
        state_.next_out = reinterpret_cast<Bytef*>(buffer.data());
        state_.avail_out = wanted;
        while (state_.avail_out == wanted && !done_) MABPLAN_CHECK(advance());
        return wanted - state_.avail_out;
    }

private:
    Status advance() {
        if (state_.avail_in == 0) MABPLAN_CHECK(fill());
        if (member_ended_) return start_member();
        if (state_.avail_in == 0) return input_error("the gzip bytes are cut short");
        const int outcome = inflate(&state_, Z_NO_FLUSH);
        member_ended_ = outcome == Z_STREAM_END;
        if (outcome != Z_OK && outcome != Z_STREAM_END)
            return input_error(format("the gzip bytes are damaged (zlib: {})", state_.msg == nullptr ? "no further word" : state_.msg));
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
        inflateReset(&state_);
        member_ended_ = false;
        return {};
    }

    Status fill() {
        if (source_ended_) return {};
        MABPLAN_TRY(count, packed_->read(input_));
        source_ended_ = count == 0;
        state_.next_in = reinterpret_cast<Bytef*>(input_.data());
        state_.avail_in = static_cast<uInt>(count);
        return {};
    }

    std::unique_ptr<ByteSource> packed_;
    std::vector<char> input_;
    z_stream state_{};
    bool ready_ = false;
    bool member_ended_ = false;
    bool source_ended_ = false;
    bool padded_ = false;
    bool done_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed) { return std::make_unique<ZlibSource>(std::move(packed)); }

}  // namespace mabplan::runtime
