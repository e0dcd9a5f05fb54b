#include "runtime/freshness/seen_files.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/freshness/checked_file.h"
#include "runtime/freshness/own_format.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace mabplan::runtime {

namespace {

constexpr std::string_view kSeenMagic = "mapseen1";
constexpr int kPauseMilliseconds = 10;
constexpr std::size_t kRecordBytes = sizeof(SeenRecord);
static_assert(kRecordBytes == 40);  // without gaps: records are written as they are

}  // namespace

const SeenRecord* SeenTable::find(std::uint64_t key) const {
    const auto place = std::partition_point(records.begin(), records.end(), [&](const SeenRecord& record) { return record.key < key; });
    return place == records.end() || place->key != key ? nullptr : &*place;
}

Result<SeenFiles> SeenFiles::lock(const std::string& cache_folder, int stop_fd) {
    const std::string path = format("{}/seen", parent_path(cache_folder));
    MABPLAN_TRY(lock, open_file(path + "-lock", O_RDWR | O_CREAT, 0600));
    while (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return system_error(errno, "lock", path + "-lock");
        pollfd stop{stop_fd, POLLIN, 0};
        if (::poll(&stop, 1, kPauseMilliseconds) > 0) return fail(ErrorKind::Interrupted, "interrupted");
    }
    return SeenFiles(path, std::move(lock));
}

std::optional<SeenTable> SeenFiles::read() const {
    const auto bytes = read_checked_file(path_, kSeenMagic);
    if (!bytes) return std::nullopt;
    OwnReader in(*bytes);
    SeenTable table;
    table.generation = in.value<std::uint64_t>();
    const auto count = in.value<std::uint64_t>();
    if (in.failed() || in.left() % kRecordBytes != 0 || in.left() / kRecordBytes != count) return std::nullopt;
    table.records.resize(static_cast<std::size_t>(count));
    if (count > 0) std::memcpy(table.records.data(), bytes->data() + (bytes->size() - in.left()), in.left());
    return table;
}

Status SeenFiles::write(const SeenTable& table) const {
    std::string bytes;
    append_value(bytes, table.generation);
    append_value(bytes, std::uint64_t{table.records.size()});
    bytes.append(reinterpret_cast<const char*>(table.records.data()), table.records.size() * kRecordBytes);
    Status written = write_checked_file(path_, kSeenMagic, bytes);
    if (!written) ::unlink(path_.c_str());  // what it says is not true any more; without it everything counts as new
    return written;
}

}  // namespace mabplan::runtime
