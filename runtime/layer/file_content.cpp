#include "runtime/layer/file_content.h"

#include "runtime/sys/system_error.h"

#include <unistd.h>

#include <cerrno>

namespace mabplan::runtime {

namespace {
constexpr std::size_t kBufferBytes = 256U << 10U;
}

FileContent::FileContent(TarWriter& tar) : tar_(tar), buffer_(kBufferBytes) {}

Status FileContent::write(int file, const std::string& shown) {
    for (;;) {
        const ssize_t count = ::read(file, buffer_.data(), buffer_.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error(errno, "read", shown, ErrorKind::Input);
        if (count == 0) return {};
        MABPLAN_CHECK(tar_.write(std::string_view(buffer_.data(), static_cast<std::size_t>(count))));
    }
}

}  // namespace mabplan::runtime
