#include "runtime/layer/file_content.h"

#include "runtime/sys/system_error.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace mabplan::runtime {

namespace {
constexpr std::size_t kBufferBytes = 256U << 10U;
}

FileContent::FileContent(TarWriter& tar, const LayerOptions& options) : tar_(tar), options_(options), buffer_(kBufferBytes) {}

// A regular file gives all that is asked for unless it ends: a small one is known to be at its end after one call.
Status FileContent::write(int file, std::uint64_t size, const std::string& shown, Behind behind) {
    std::uint64_t done = 0;
    while (behind == Behind::EndOfFile || done < size) {
        const std::uint64_t wanted = behind == Behind::EndOfFile ? buffer_.size() : std::min<std::uint64_t>(buffer_.size(), size - done);
        const ssize_t count = ::read(file, buffer_.data(), wanted);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error(errno, "read", shown, ErrorKind::Input);
        const auto bytes = static_cast<std::size_t>(count);
        const std::string_view piece(buffer_.data(), bytes);
        if (done == 0 && bytes > 0 && options_.on_content) options_.on_content(shown, piece);
        MABPLAN_CHECK(tar_.write(piece));
        done += bytes;
        if (bytes == 0 || (done == size && bytes < buffer_.size())) return {};
    }
    return {};
}

}  // namespace mabplan::runtime
