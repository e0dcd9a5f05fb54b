// zstd, both ways.
#include "runtime/layer/codec_libraries.h"

#include "plans/base/format.h"

#include <zstd.h>

#include <string_view>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr int kLevel = 3;
constexpr int kMaxWindowLog = 27;  // 128 MiB: what is asked for to decode is memory that a stranger chooses
constexpr std::size_t kChunkBytes = 1U << 20U;

struct FreeDecoder {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};
struct FreeEncoder {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

class ZstdSource final : public ByteSource {
public:
    explicit ZstdSource(std::unique_ptr<ByteSource> packed)
        : packed_(std::move(packed)), context_(ZSTD_createDCtx()), buffer_(ZSTD_DStreamInSize()) {
        if (context_) ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
    }

    Result<std::size_t> read(std::span<char> buffer) override {
        if (!context_) return fail(ErrorKind::Environment, "there is no memory to decode zstd");
        ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
        while (out.pos == 0) {
            if (in_.pos == in_.size && !ended_) {
                MABPLAN_TRY(count, packed_->read(buffer_));
                in_ = {buffer_.data(), count, 0};
                ended_ = count == 0;
            }
            if (ended_ && !within_frame_) break;
            const std::size_t outcome = ZSTD_decompressStream(context_.get(), &out, &in_);
            if (ZSTD_isError(outcome) != 0U) return input_error(format("the zstd bytes are damaged: {}", ZSTD_getErrorName(outcome)));
            within_frame_ = outcome != 0;
            if (ended_ && within_frame_ && out.pos == 0) return input_error("the zstd bytes are cut short");
        }
        return out.pos;
    }

private:
    std::unique_ptr<ByteSource> packed_;
    std::unique_ptr<ZSTD_DCtx, FreeDecoder> context_;
    std::vector<char> buffer_;
    ZSTD_inBuffer in_{nullptr, 0, 0};
    bool ended_ = false;
    bool within_frame_ = true;  // before the first frame too: no bytes at all are no zstd
};

Status feed(ZSTD_CCtx* context, std::string_view bytes, ZSTD_EndDirective how, std::vector<char>& buffer, ByteSink& out) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (;;) {
        ZSTD_outBuffer packed{buffer.data(), buffer.size(), 0};
        const std::size_t left = ZSTD_compressStream2(context, &packed, &in, how);
        if (ZSTD_isError(left) != 0U) return fail(ErrorKind::Internal, format("zstd cannot pack a layer: {}", ZSTD_getErrorName(left)));
        MABPLAN_CHECK(out.write(std::string_view(buffer.data(), packed.pos)));
        if (how == ZSTD_e_end ? left == 0 : in.pos == in.size) return {};
    }
}

}  // namespace

std::unique_ptr<ByteSource> unzstd(std::unique_ptr<ByteSource> packed) { return std::make_unique<ZstdSource>(std::move(packed)); }

Status zstd_frame(ByteSource& input, ByteSink& out) {
    const std::unique_ptr<ZSTD_CCtx, FreeEncoder> context(ZSTD_createCCtx());
    if (!context) return fail(ErrorKind::Environment, "there is no memory to pack a layer with zstd");
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    std::vector<char> chunk(kChunkBytes);  // always full but for the last: how the input arrives must not show
    std::vector<char> buffer(ZSTD_CStreamOutSize());
    for (;;) {
        MABPLAN_TRY(filled, read_full(input, chunk));
        MABPLAN_CHECK(feed(context.get(), std::string_view(chunk.data(), filled), ZSTD_e_continue, buffer, out));
        if (filled < chunk.size()) return feed(context.get(), {}, ZSTD_e_end, buffer, out);
    }
}

std::string zstd_frame_id() { return format("zstd {} level {}", ZSTD_versionString(), kLevel); }

}  // namespace mabplan::runtime
