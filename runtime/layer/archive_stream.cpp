#include "runtime/layer/archive_stream.h"

#include "plans/base/format.h"
#include "runtime/layer/codec.h"
#include "runtime/layer/codec_libraries.h"

#include <archive.h>
#include <archive_entry.h>

#include <string>
#include <vector>

namespace mabplan::runtime {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kBzip2Magic = "BZh";
constexpr std::string_view kXzMagic =
    "\xfd"
    "7zXZ\0"sv;  // the .xz file format, section 2.1.1.1
constexpr std::size_t kLongestMagic = 6;
constexpr std::size_t kPackedBytes = 256U << 10U;

bool is_filtered(std::string_view first_bytes) { return first_bytes.starts_with(kBzip2Magic) || first_bytes.starts_with(kXzMagic); }

struct FreeArchive {
    void operator()(struct archive* reader) const { archive_read_free(reader); }
};

// bzip2 and xz: libarchive reads them as an archive of one entry.
class FilteredSource final : public ByteSource {
public:
    explicit FilteredSource(std::unique_ptr<ByteSource> packed) : packed_(std::move(packed)), buffer_(kPackedBytes) {}

    Result<std::size_t> read(std::span<char> buffer) override {
        if (reader_ == nullptr) MABPLAN_CHECK(open());
        if (empty_) return 0;
        const la_ssize_t count = archive_read_data(reader_.get(), buffer.data(), buffer.size());
        if (count < 0) return damaged();
        return static_cast<std::size_t>(count);
    }

private:
    Status open();
    Failure damaged() const;
    static la_ssize_t pull(struct archive* reader, void* self, const void** piece);

    std::unique_ptr<ByteSource> packed_;
    std::vector<char> buffer_;
    Status failure_;  // of the packed bytes
    bool empty_ = false;
    std::unique_ptr<struct archive, FreeArchive> reader_;  // after what it pulls from
};

la_ssize_t FilteredSource::pull(struct archive* /*reader*/, void* self, const void** piece) {
    auto& source = *static_cast<FilteredSource*>(self);
    auto count = source.packed_->read(source.buffer_);
    if (!count) {
        source.failure_ = pass(std::move(count).error());
        return -1;
    }
    *piece = source.buffer_.data();
    return static_cast<la_ssize_t>(*count);
}

Failure FilteredSource::damaged() const {
    if (!failure_) return pass(failure_.error());
    const char* why = archive_error_string(reader_.get());
    return input_error(format("the packed bytes are damaged or cut short: {}", why == nullptr ? "unknown fault" : why));
}

Status FilteredSource::open() {
    reader_.reset(archive_read_new());
    if (reader_ == nullptr) return fail(ErrorKind::Environment, "there is no memory to unpack an archive");
    struct archive* reader = reader_.get();
    if (archive_read_support_filter_bzip2(reader) != ARCHIVE_OK || archive_read_support_filter_xz(reader) != ARCHIVE_OK ||
        archive_read_support_format_raw(reader) != ARCHIVE_OK || archive_read_support_format_empty(reader) != ARCHIVE_OK ||
        archive_read_open(reader, this, nullptr, pull, nullptr) != ARCHIVE_OK)
        return damaged();
    struct archive_entry* entry = nullptr;
    const int outcome = archive_read_next_header(reader, &entry);
    empty_ = outcome == ARCHIVE_EOF;
    if (!empty_ && outcome != ARCHIVE_OK) return damaged();
    return {};
}

}  // namespace

bool is_packed(std::string_view first_bytes) { return is_filtered(first_bytes) || detect_compression(first_bytes) != Compression::None; }

Result<std::unique_ptr<ByteSource>> open_archive_stream(std::unique_ptr<ByteSource> packed) {
    std::string magic(kLongestMagic, '\0');
    MABPLAN_TRY(count, read_full(*packed, magic));
    magic.resize(count);
    const bool filtered = is_filtered(magic);
    auto whole = rejoin(std::move(magic), std::move(packed));
    if (filtered) return std::make_unique<FilteredSource>(std::move(whole));
    return decompress(std::move(whole));
}

}  // namespace mabplan::runtime
