#include "runtime/layer/tar_writer.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layer/tar_header.h"

namespace mabplan::runtime {

namespace {
constexpr std::size_t kWholeBytes = 256U << 10U;
}

TarWriter::TarWriter(ByteSink& out) : out_(out) { buffer_.reserve(kWholeBytes); }

Status TarWriter::begin(const LayerEntry& entry) {
    MABPLAN_CHECK(end_entry());
    MABPLAN_TRY(header, tar_header(entry));
    MABPLAN_CHECK(put(header));
    path_ = entry.path;
    size_ = expected_ = tar_content_size(entry);
    ++entries_;
    return {};
}

Status TarWriter::write(std::string_view content) {
    if (content.size() > expected_)
        return input_error(format("{} grew while it was read: it had {} bytes when it was looked at", quoted(path_), size_));
    expected_ -= content.size();
    return put(content);
}

Status TarWriter::finish() {
    MABPLAN_CHECK(end_entry());
    buffer_.append(2 * kTarBlock, '\0');
    Status written = out_.write(buffer_);
    buffer_.clear();
    return written;
}

Status TarWriter::end_entry() {
    if (expected_ > 0)
        return input_error(format("{} became shorter while it was read: {} of its {} bytes are missing", quoted(path_), expected_, size_));
    buffer_.append(tar_padding(size_), '\0');
    size_ = 0;
    return {};
}

Status TarWriter::put(std::string_view bytes) {
    // A large piece goes past the buffer, never past what is still in it.
    const bool is_large = bytes.size() > kWholeBytes / 2;
    if (is_large || buffer_.size() + bytes.size() > kWholeBytes) {
        MABPLAN_CHECK(out_.write(buffer_));
        buffer_.clear();
    }
    if (is_large) return out_.write(bytes);
    buffer_ += bytes;
    return {};
}

}  // namespace mabplan::runtime
