// Reads tar archives (ustar, pax, GNU, v7; nothing else), one entry after the other, within budgets: the one door to libarchive,
// but for the filters of archive_stream.cpp.
// Names are bytes: no locale, no character set. Does not judge names; does not know layers.
#pragma once

#include "plans/tree/tree_reader.h"
#include "runtime/sys/byte_stream.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan::runtime {

// What ends an archive; whatever comes behind is no part of it, for any reader.
enum class TarEnding {
    TwoBlocks,  // of zeros, or the end of the bytes: with one block alone some readers would go on, and others not
    OneBlock,   // as `tar` does
};

struct TarLimits {
    std::uint64_t max_entries = 5'000'000;
    std::uint64_t max_bytes = 256ULL << 30U;  // contents together; holes count, and what is behind the archive
    std::uint64_t max_name_bytes = 32768;     // a path and a link target
    TarEnding ending = TarEnding::TwoBlocks;
};

struct TarEntry {
    std::string path;  // as it stands in the archive
    TreeEntry entry;   // name and hardlink are not set; all xattrs of the archive
    bool is_hardlink = false;
    std::string hardlink;  // the target, as it stands in the archive
};

struct TarBlock {
    std::uint64_t offset = 0;  // in the file; what lies before it and was not given is zeros
    std::string_view bytes;    // valid until the next call
};

class TarReader {
public:
    explicit TarReader(ByteSource& source, const TarLimits& limits = {});
    ~TarReader();
    TarReader(const TarReader&) = delete;
    TarReader& operator=(const TarReader&) = delete;

    // The next entry; nothing at the end of the archive, when the source was read to its last byte. What is left of the entry
    // before is skipped. An input error for what is no tar, is cut short or breaks a budget; a failure of the source as it is.
    Result<std::optional<TarEntry>> next();
    // Whether there was an entry at all, also one that was refused: if not, this may be no tar.
    bool has_entries() const;
    // The next piece of the content of the current entry; nothing at its end.
    Result<std::optional<TarBlock>> read();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mabplan::runtime
