// The blocks of a tar archive on their way to libarchive, which takes the names in pax headers for UTF-8 and spoils those that are
// not: every pax header gets the record "hdrcharset=BINARY" (IEEE 1003.1, pax, "pax Extended Header"), so that names stay bytes.
// On the way the records are judged: a malformed record is an input error. Of several for path, linkpath or size the last one counts and
// is handed on alone (pax: "the later shall take precedence").
#pragma once

#include "runtime/sys/byte_stream.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

class TarBlocks {
public:
    explicit TarBlocks(ByteSource& source);
    // The next piece of the archive, valid until the next call; empty at its end.
    Result<std::string_view> next();
    // Whether a single block of zeros stood where two end an archive: readers differ in what is then.
    bool has_doubtful_end() const { return doubtful_end_; }
    bool source_failed() const { return !failure_; }

private:
    Result<bool> fill();
    Result<std::string_view> rewrite_pax_header();
    Status pass_header(std::string_view header);
    std::string_view block() const { return {buffer_.data() + at_, filled_ - at_}; }

    ByteSource& source_;
    Status failure_;            // of the source: told when all that came before it was given
    std::vector<char> buffer_;  // whole blocks, but for a piece at the end of the source
    std::size_t filled_ = 0;
    std::size_t at_ = 0;
    std::uint64_t body_blocks_ = 0;                                // of the current entry, still to pass by
    bool sparse_map_ = false;                                      // an extension block of a GNU sparse header follows
    enum class End { NotYet, OneBlock, Sure } end_ = End::NotYet;  // what comes behind is no part of the archive
    bool doubtful_end_ = false;
    std::uint64_t pax_size_ = 0;  // of the entry that follows
    bool has_pax_size_ = false;
    std::string rewritten_;
};

}  // namespace mabplan::runtime
