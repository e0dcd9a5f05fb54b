// The tar that layers are made of: the same entries give the same bytes, for ever. Does not know where entries come from.
//
// The format, version 1 (frozen: changing a byte changes every diff_id):
// - POSIX ustar headers (IEEE 1003.1, pax, "ustar Interchange Format"): magic "ustar\0", version "00", numbers as zero-padded octal
//   ended by NUL, checksum as six octal digits, NUL, blank. uname and gname are empty; devmajor and devminor are 0 but for devices.
// - mode: the permission bits (07777) only. Symlinks: 0777. mtime: whole seconds. A directory's name ends in "/"; the root is "./".
// - A name longer than 100 bytes is split at the first "/" that leaves at most 100 bytes, if at most 155 stand before it.
// - What does not fit goes into one pax header before the entry: type x, name "././@PaxHeader", mode, uid, gid and mtime 0; records
//   sorted by key: SCHILY.xattr.NAME, gid and uid (> 2097151), linkpath (> 100 bytes), mtime (negative or >= 2^33), path, size (>= 2^33).
//   The ustar field is then 0, or the first 100 bytes. Nothing else is put into a pax header; names and values are raw bytes.
// - Hard links: type 1, size 0, the metadata of the file, no xattrs. A file's bytes are padded with zeros to 512.
// - Whiteouts are empty files "DIR/.wh.NAME" and "DIR/.wh..wh..opq" with mode, uid and gid 0.
// - The end is two zero blocks, with no further padding.
#pragma once

#include "runtime/layer/layer_entry.h"
#include "runtime/sys/byte_stream.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace mabplan::runtime {

class TarWriter {
public:
    explicit TarWriter(ByteSink& out);

    // Starts an entry. A file (that is no hard link) must be followed by exactly entry.size bytes. An input error for what no tar
    // can hold: a socket, a name of a whiteout, an xattr name with "=".
    Status begin(const LayerEntry& entry);
    Status write(std::string_view content);
    // Ends the archive. Without it nothing may be trusted to be written.
    Status finish();
    std::uint64_t entries() const { return entries_; }

private:
    Status end_entry();
    Status put(std::string_view bytes);

    ByteSink& out_;
    std::string buffer_;          // collects headers and small files
    std::string path_;            // of the entry that is open
    std::uint64_t expected_ = 0;  // bytes of content still to come
    std::uint64_t size_ = 0;      // of the open entry
    std::uint64_t entries_ = 0;
};

// The content of a writer's open entry as a sink.
class TarContent final : public ByteSink {
public:
    explicit TarContent(TarWriter& tar) : tar_(tar) {}
    Status write(std::string_view bytes) override { return tar_.write(bytes); }

private:
    TarWriter& tar_;
};

}  // namespace mabplan::runtime
