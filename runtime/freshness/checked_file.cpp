#include "runtime/freshness/checked_file.h"

#include "runtime/freshness/own_format.h"
#include "runtime/sys/file.h"
#include "runtime/sys/xxh3.h"

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMostBytes = 4ULL << 30U;
constexpr std::size_t kSumBytes = sizeof(std::uint64_t);

}  // namespace

std::optional<std::string> read_checked_file(const std::string& path, std::string_view magic) {
    auto bytes = read_file(path, kMostBytes);
    if (!bytes || bytes->size() < magic.size() + kSumBytes || !bytes->starts_with(magic)) return std::nullopt;
    const std::size_t end = bytes->size() - kSumBytes;
    OwnReader sum(std::string_view(*bytes).substr(end));
    if (sum.value<std::uint64_t>() != xxh3_64(std::string_view(*bytes).substr(0, end))) return std::nullopt;
    return bytes->substr(magic.size(), end - magic.size());
}

Status write_checked_file(const std::string& path, std::string_view magic, std::string_view content) {
    std::string bytes(magic);
    bytes += content;
    append_value(bytes, xxh3_64(bytes));
    return write_file(path, bytes, 0600, Durability::Cached);
}

}  // namespace mabplan::runtime
