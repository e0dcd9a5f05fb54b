#include "tools/mabplan/standard_input.h"

#include "runtime/layer/user_archive.h"
#include "runtime/sys/system_error.h"
#include "tools/mabplan/text_in_tree.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace mabplan::tools {

namespace {

// Somebody may sit at the other end and say nothing.
class InterruptibleSource final : public runtime::ByteSource {
public:
    InterruptibleSource(int input, const runtime::Stop& stop)
        : input_(input), stop_(stop), source_(runtime::read_from(input, "standard input")) {}

    Result<std::size_t> read(std::span<char> buffer) override {
        std::array<pollfd, 2> events{{{input_, POLLIN, 0}, {stop_.fd(), POLLIN, 0}}};
        while (::poll(events.data(), events.size(), -1) < 0 && errno == EINTR) {
        }
        MABPLAN_CHECK(go_on(&stop_));
        return source_->read(buffer);
    }

private:
    int input_;
    const runtime::Stop& stop_;
    std::unique_ptr<runtime::ByteSource> source_;
};

Result<std::string> read_head(runtime::ByteSource& source) {
    std::string head(runtime::kArchiveHeadBytes, '\0');
    MABPLAN_TRY(filled, runtime::read_full(source, head));
    head.resize(filled);
    return head;
}

}  // namespace

Result<StandardInput> read_standard_input(runtime::Store& store, const runtime::Stop& stop) {
    const int input = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    if (input < 0) return runtime::system_error(errno, "read", "standard input", ErrorKind::Input);
    InterruptibleSource source(input, stop);
    MABPLAN_TRY(head, read_head(source));
    if (!runtime::looks_like_archive(head)) {
        MABPLAN_TRY(rest, runtime::read_text(source, kMostTextBytes));
        return StandardInput{{}, head + rest};
    }
    MABPLAN_TRY(blob, store.blobs().create());
    MABPLAN_CHECK(blob->write(head));
    MABPLAN_CHECK(runtime::copy_bytes(source, *blob));
    MABPLAN_TRY(digest, blob->commit());
    return StandardInput{digest, {}};
}

}  // namespace mabplan::tools
