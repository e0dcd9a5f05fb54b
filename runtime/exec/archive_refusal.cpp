#include "runtime/exec/archive_refusal.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/system_error.h"

#include <array>
#include <cerrno>
#include <string_view>

#include <unistd.h>

namespace mabplan::runtime {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMagicOffset = 257;  // of "ustar" in a tar header (POSIX, ustar interchange format)
constexpr std::size_t kHeadBytes = 512;
constexpr std::array<std::string_view, 4> kCompressed{"\x1f\x8b"sv, "BZh"sv, "\xfd" "7zXZ\0"sv, "\x28\xb5\x2f\xfd"sv};

bool looks_like_archive(std::string_view head) {
    for (const std::string_view magic : kCompressed)
        if (head.starts_with(magic)) return true;
    return head.size() == kHeadBytes && head.substr(kMagicOffset).starts_with("ustar");
}

}  // namespace

Status refuse_archives(const Selection& selection, CopySource& source) {
    for (const SelectedSource& selected : selection) {
        if (selected.kind != SourceKind::Entry || selected.entry.type != FileType::File) continue;
        MABPLAN_TRY(file, source.open(selected.path));
        std::array<char, kHeadBytes> head{};
        const ssize_t count = ::pread(file.get(), head.data(), head.size(), 0);
        if (count < 0) return system_error(errno, "read", selected.path);
        if (looks_like_archive({head.data(), static_cast<std::size_t>(count)}))
            return fail({ErrorKind::Input, format("unpacking {} can't be done yet", quoted(selected.path)), {}, {}, "ADD --unpack=false copies it as it is", {}});
    }
    return {};
}

}  // namespace mabplan::runtime
