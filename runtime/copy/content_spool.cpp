#include "runtime/copy/content_spool.h"

#include "runtime/layer/entry_content.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/temporary.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace mabplan::runtime {

// Not O_TMPFILE: not every file system has it.
Status ContentSpool::make_file() {
    MABPLAN_TRY(made, make_fresh_file(folder_, "spool"));
    file_ = std::move(made.file);
    if (::unlink(made.path.c_str()) != 0) return system_error(errno, "remove", made.path);
    return {};
}

Result<SpooledContent> ContentSpool::add(TarReader& reader, std::uint64_t size) {
    if (!file_.valid()) MABPLAN_CHECK(make_file());
    const SpooledContent content{end_, size};
    MABPLAN_CHECK(write_entry_content(reader, size, file_.get(), content.offset, folder_));
    end_ += size;
    return content;
}

Result<OpenedContent> ContentSpool::open(const SpooledContent& content) const {
    Fd file(::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0));
    if (!file.valid()) return system_error(errno, "open what was unpacked in", folder_);
    // The descriptors share one position: contents are read one at a time.
    if (::lseek(file.get(), static_cast<off_t>(content.offset), SEEK_SET) < 0)
        return system_error(errno, "read what was unpacked in", folder_);
    return OpenedContent{std::move(file), Behind::Others};
}

}  // namespace mabplan::runtime
