#include "runtime/sys/byte_stream.h"

#include "runtime/sys/fd.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

namespace mabplan::runtime {

namespace {

class FileSource final : public ByteSource {
public:
    FileSource(int fd, std::string path) : file_(fd), path_(std::move(path)) {}
    Result<std::size_t> read(std::span<char> buffer) override {
        for (;;) {
            const ssize_t count = ::read(file_.get(), buffer.data(), buffer.size());
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EINTR) return system_error(errno, "read", path_);
        }
    }

private:
    Fd file_;
    std::string path_;
};

class FileSink final : public ByteSink {
public:
    FileSink(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
    Status write(std::string_view bytes) override { return write_all(fd_, bytes, path_); }

private:
    int fd_;
    std::string path_;
};

}  // namespace

std::unique_ptr<ByteSource> read_from(int owned_fd, std::string path) { return std::make_unique<FileSource>(owned_fd, std::move(path)); }
std::unique_ptr<ByteSink> write_to(int fd, std::string path) { return std::make_unique<FileSink>(fd, std::move(path)); }

Result<std::uint64_t> copy_bytes(ByteSource& from, ByteSink& to) {
    constexpr std::size_t kBufferBytes = 256U << 10U;
    std::vector<char> buffer(kBufferBytes);
    std::uint64_t total = 0;
    for (;;) {
        MABPLAN_TRY(count, from.read(buffer));
        if (count == 0) return total;
        MABPLAN_CHECK(to.write(std::string_view(buffer.data(), count)));
        total += count;
    }
}

Result<std::size_t> read_full(ByteSource& source, std::span<char> buffer) {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
        MABPLAN_TRY(count, source.read(buffer.subspan(filled)));
        if (count == 0) break;
        filled += count;
    }
    return filled;
}

Result<std::string> read_text(ByteSource& source, std::uint64_t max_bytes) {
    constexpr std::size_t kBufferBytes = 64U << 10U;
    std::vector<char> buffer(kBufferBytes);
    std::string text;
    for (;;) {
        MABPLAN_TRY(count, source.read(buffer));
        if (count == 0) return text;
        text.append(buffer.data(), count);
        if (text.size() > max_bytes) return input_error("the text is too long");
    }
}

}  // namespace mabplan::runtime
