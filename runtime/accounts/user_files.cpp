#include "runtime/accounts/user_files.h"

#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMostUserFileBytes = 10U << 20U;

Result<std::string> read_text_in(MergedView& view, std::string_view path) {
    MABPLAN_TRY(resolved, view.resolve(path, true));
    MABPLAN_TRY(entry, view.stat(resolved));
    if (!entry || entry->type != FileType::File || entry->size > kMostUserFileBytes) return std::string{};
    MABPLAN_TRY(file, view.open_file(resolved));
    std::string content(entry->size, '\0');
    std::size_t filled = 0;
    while (filled < content.size()) {
        const ssize_t count = ::read(file.get(), content.data() + filled, content.size() - filled);
        if (count <= 0) break;
        filled += static_cast<std::size_t>(count);
    }
    content.resize(filled);
    return content;
}

}  // namespace

Result<UserFiles> read_user_files(MergedView& view) {
    MABPLAN_TRY(passwd, read_text_in(view, "etc/passwd"));
    MABPLAN_TRY(group, read_text_in(view, "etc/group"));
    return UserFiles{std::move(passwd), std::move(group)};
}

}  // namespace mabplan::runtime
