#include "runtime/layer/entry_content.h"

#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <unistd.h>

#include <cerrno>

namespace mabplan::runtime {

Status write_entry_content(TarReader& tar, std::uint64_t size, int file, std::uint64_t offset, const std::string& shown) {
    std::uint64_t position = 0;
    if (offset != 0 && ::lseek(file, static_cast<off_t>(offset), SEEK_SET) < 0) return system_error(errno, "write", shown);
    for (;;) {
        MABPLAN_TRY(block, tar.read());
        if (!block) break;
        if (block->offset != position && ::lseek(file, static_cast<off_t>(offset + block->offset), SEEK_SET) < 0)
            return system_error(errno, "write", shown);
        MABPLAN_CHECK(write_all(file, block->bytes, shown));
        position = block->offset + block->bytes.size();
    }
    if (position < size && ::ftruncate(file, static_cast<off_t>(offset + size)) != 0) return system_error(errno, "write", shown);
    return {};
}

}  // namespace mabplan::runtime
