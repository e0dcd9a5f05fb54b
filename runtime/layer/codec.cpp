#include "runtime/layer/codec.h"

#include "runtime/layer/codec_libraries.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kMagicBytes = 4;

class Rejoined final : public ByteSource {
public:
    Rejoined(std::string first, std::unique_ptr<ByteSource> rest) : first_(std::move(first)), rest_(std::move(rest)) {}
    Result<std::size_t> read(std::span<char> buffer) override {
        if (given_ == first_.size()) return rest_->read(buffer);
        const std::size_t count = std::min(buffer.size(), first_.size() - given_);
        std::memcpy(buffer.data(), first_.data() + given_, count);
        given_ += count;
        return count;
    }

private:
    std::string first_;
    std::size_t given_ = 0;
    std::unique_ptr<ByteSource> rest_;
};

std::unique_ptr<ByteSource> unpack_as(Compression compression, std::unique_ptr<ByteSource> packed) {
    switch (compression) {
        case Compression::None: break;
        case Compression::Gzip: return gunzip(std::move(packed));
        case Compression::Zstd: return unzstd(std::move(packed));
    }
    return packed;
}

}  // namespace

std::unique_ptr<ByteSource> rejoin(std::string first, std::unique_ptr<ByteSource> rest) {
    return std::make_unique<Rejoined>(std::move(first), std::move(rest));
}

Compression detect_compression(std::string_view first_bytes) {
    if (first_bytes.starts_with("\x1f\x8b")) return Compression::Gzip;
    if (first_bytes.starts_with("\x28\xb5\x2f\xfd")) return Compression::Zstd;
    // a skippable frame: 0x184D2A50 to 0x184D2A5F, least significant byte first (RFC 8878, section 3.1.2)
    const bool skippable =
        first_bytes.size() >= kMagicBytes && first_bytes.substr(1, 3) == "\x2a\x4d\x18" && (first_bytes[0] & 0xf0) == 0x50;
    return skippable ? Compression::Zstd : Compression::None;
}

Result<std::unique_ptr<ByteSource>> decompress(std::unique_ptr<ByteSource> packed, std::optional<Compression> declared) {
    if (declared) return unpack_as(*declared, std::move(packed));
    std::string magic(kMagicBytes, '\0');
    MABPLAN_TRY(count, read_full(*packed, magic));
    magic.resize(count);
    const Compression compression = detect_compression(magic);
    return unpack_as(compression, rejoin(std::move(magic), std::move(packed)));
}

Status pack_bytes(ByteSource& tar, Compression compression, ByteSink& out, int threads, PackedMembers* known) {
    switch (compression) {
        case Compression::None: break;
        case Compression::Gzip: return gzip_members(tar, out, threads, known);
        case Compression::Zstd: return zstd_frame(tar, out);
    }
    MABPLAN_CHECK(copy_bytes(tar, out));
    return {};
}

Result<CompressedBlob> compress(ByteSource& tar, Compression compression, ByteSink& out, int threads, PackedMembers* known) {
    HashingSink hash(&out);
    MABPLAN_CHECK(pack_bytes(tar, compression, hash, threads, known));
    const std::uint64_t size = hash.count();
    return CompressedBlob{hash.finish(), size};
}

std::string codec_id(Compression compression) {
    switch (compression) {
        case Compression::None: break;
        case Compression::Gzip: return gzip_members_id();
        case Compression::Zstd: return zstd_frame_id();
    }
    return "none";
}

}  // namespace mabplan::runtime
