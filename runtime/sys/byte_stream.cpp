#include "runtime/sys/byte_stream.h"

#include "runtime/sys/fd.h"
#include "runtime/sys/file.h"
#include "runtime/sys/stop.h"
#include "runtime/sys/system_error.h"

#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

namespace mabplan::runtime {

namespace {

// Until the descriptor is ready, or the stop is raised. A pipe that is ready takes PIPE_BUF bytes at least, perhaps no more.
Status wait_until(int fd, short event, const Stop* stop) {
    if (stop == nullptr) return {};
    std::array<pollfd, 2> events{{{fd, event, 0}, {stop->fd(), POLLIN, 0}}};
    while (::poll(events.data(), events.size(), -1) < 0 && errno == EINTR) MABPLAN_CHECK(go_on(stop));
    return go_on(stop);
}

class FileSource final : public ByteSource {
public:
    FileSource(int fd, std::string path, const Stop* stop) : file_(fd), path_(std::move(path)), stop_(stop) {}
    Result<std::size_t> read(std::span<char> buffer) override {
        for (;;) {
            MABPLAN_CHECK(wait_until(file_.get(), POLLIN, stop_));
            const ssize_t count = ::read(file_.get(), buffer.data(), buffer.size());
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EINTR) return system_error(errno, "read", path_);
        }
    }

private:
    Fd file_;
    std::string path_;
    const Stop* stop_;
};

class FileSink final : public ByteSink {
public:
    FileSink(int fd, std::string path, const Stop* stop) : fd_(fd), path_(std::move(path)), stop_(may_block(fd) ? stop : nullptr) {}
    Status write(std::string_view bytes) override {
        if (stop_ == nullptr) return write_all(fd_, bytes, path_);
        while (!bytes.empty()) {
            MABPLAN_CHECK(wait_until(fd_, POLLOUT, stop_));
            const std::string_view piece = bytes.substr(0, PIPE_BUF);
            MABPLAN_CHECK(write_all(fd_, piece, path_));
            bytes.remove_prefix(piece.size());
        }
        return {};
    }

private:
    static bool may_block(int fd) {
        struct stat facts {};
        return ::fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode);
    }

    int fd_;
    std::string path_;
    const Stop* stop_;
};

}  // namespace

std::unique_ptr<ByteSource> read_from(int owned_fd, std::string path, const Stop* stop) {
    return std::make_unique<FileSource>(owned_fd, std::move(path), stop);
}
std::unique_ptr<ByteSink> write_to(int fd, std::string path, const Stop* stop) {
    return std::make_unique<FileSink>(fd, std::move(path), stop);
}

Result<std::uint64_t> copy_bytes(ByteSource& from, ByteSink& to) {
    constexpr std::size_t kBufferBytes = 256U << 10U;
    const auto buffer = std::make_unique_for_overwrite<char[]>(kBufferBytes);  // most of what is copied needs little of it
    std::uint64_t total = 0;
    for (;;) {
        MABPLAN_TRY(count, from.read(std::span(buffer.get(), kBufferBytes)));
        if (count == 0) return total;
        MABPLAN_CHECK(to.write(std::string_view(buffer.get(), count)));
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
