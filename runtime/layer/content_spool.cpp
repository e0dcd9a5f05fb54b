#include "runtime/layer/content_spool.h"

#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMostAtOnce = 1U << 20U;  // bytes

}  // namespace

// Not O_TMPFILE: not every file system has it.
Result<Fd> ContentSpool::make_file() const {
    MABPLAN_CHECK(make_directories(folder_, 0700));
    std::string name = folder_ + "/spool.XXXXXX";
    Fd file(::mkostemp(name.data(), O_CLOEXEC));
    if (!file.valid()) return system_error(errno, "make a file in", folder_);
    if (::unlink(name.c_str()) != 0) return system_error(errno, "remove", name);
    return file;
}

Result<SpooledContent> ContentSpool::add(TarReader& reader, std::uint64_t size) {
    if (!file_.valid()) {
        MABPLAN_TRY(file, make_file());
        file_ = std::move(file);
    }
    const SpooledContent content{end_, size};
    for (;;) {
        MABPLAN_TRY(block, reader.read());
        if (!block) break;
        if (::lseek(file_.get(), static_cast<off_t>(content.offset + block->offset), SEEK_SET) < 0) return system_error(errno, "write to", folder_);
        MABPLAN_CHECK(write_all(file_.get(), block->bytes, folder_));
    }
    end_ += size;
    if (::ftruncate(file_.get(), static_cast<off_t>(end_)) != 0) return system_error(errno, "write to", folder_);
    return content;
}

Result<OpenedContent> ContentSpool::open(const SpooledContent& content) const {
    Fd file(::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0));
    if (!file.valid()) return system_error(errno, "open what was unpacked in", folder_);
    // The descriptors share one position: contents are read one at a time.
    if (::lseek(file.get(), static_cast<off_t>(content.offset), SEEK_SET) < 0) return system_error(errno, "read what was unpacked in", folder_);
    return OpenedContent{std::move(file), Behind::Others};
}

Result<Fd> ContentSpool::copy_out(const SpooledContent& content) const {
    MABPLAN_TRY(out, make_file());
    std::vector<char> buffer(std::min(content.size, kMostAtOnce));
    for (std::uint64_t done = 0; done < content.size;) {
        const std::size_t wanted = std::min<std::uint64_t>(buffer.size(), content.size - done);
        const ssize_t count = ::pread(file_.get(), buffer.data(), wanted, static_cast<off_t>(content.offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return system_error(count < 0 ? errno : EIO, "read what was unpacked in", folder_);
        MABPLAN_CHECK(write_all(out.get(), {buffer.data(), static_cast<std::size_t>(count)}, folder_));
        done += static_cast<std::uint64_t>(count);
    }
    if (::lseek(out.get(), 0, SEEK_SET) != 0) return system_error(errno, "rewind what was unpacked in", folder_);
    return out;
}

}  // namespace mabplan::runtime
