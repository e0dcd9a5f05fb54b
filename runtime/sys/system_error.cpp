#include "runtime/sys/system_error.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <cerrno>
#include <system_error>

namespace mabplan::runtime {

namespace {

std::string_view hint_for(int number) {
    switch (number) {
        case ENOSPC:
        case EDQUOT: return "free disk space there; in the store `mabplan cache prune` does, or point MABPLAN_CACHE_DIR at a larger disk";
        case EROFS: return "the file system is read-only: point MABPLAN_CACHE_DIR, or the output, at a folder that can be written";
        case EMFILE:
        case ENFILE: return "raise the limit of open files (`ulimit -n`), or build with fewer jobs (`-j`)";
        case EIO: return "the disk reports faults: check it";
        default: return {};
    }
}

}  // namespace

Failure system_error(int number, std::string_view doing, std::string_view path, ErrorKind otherwise) {
    const std::string_view hint = hint_for(number);
    const ErrorKind kind = hint.empty() && number != ENOMEM ? otherwise : ErrorKind::Environment;
    Error error{kind, format("cannot {} {}: {}", doing, quoted(path), std::generic_category().message(number)), {}, {}, std::string(hint),
                {}};
    return fail(std::move(error));
}

}  // namespace mabplan::runtime
