#include "tools/mabplan/standard_input.h"

#include "runtime/layer/user_archive.h"
#include "runtime/sys/system_error.h"
#include "tools/mabplan/text_in_tree.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace mabplan::tools {

namespace {

Result<std::string> read_head(runtime::ByteSource& source) {
    std::string head(runtime::kArchiveHeadBytes, '\0');
    MABPLAN_TRY(filled, runtime::read_full(source, head));
    head.resize(filled);
    return head;
}

}  // namespace

Result<StandardInput> read_standard_input(runtime::Store& store) {
    const int input = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    if (input < 0) return runtime::system_error(errno, "read", "standard input", ErrorKind::Input);
    const auto source = runtime::read_from(input, "standard input");
    MABPLAN_TRY(head, read_head(*source));
    if (!runtime::looks_like_archive(head)) {
        MABPLAN_TRY(rest, runtime::read_text(*source, kMostTextBytes));
        return StandardInput{{}, head + rest};
    }
    MABPLAN_TRY(blob, store.blobs().create());
    MABPLAN_CHECK(blob->write(head));
    MABPLAN_CHECK(runtime::copy_bytes(*source, *blob));
    MABPLAN_TRY(digest, blob->commit());
    return StandardInput{digest, {}};
}

}  // namespace mabplan::tools
