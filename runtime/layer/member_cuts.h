// Where the tar of a layer is cut into members, each of which is packed by itself: before entries that their own bytes choose, of about one
// MiB each, and within large files. So a changed file moves no cut but those at its own entry, and members that were packed before can be
// found again. What is no tar is cut by count. Does not know how members are packed.
#pragma once

#include "runtime/sys/byte_stream.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

class MemberCuts {
public:
    static constexpr std::size_t kUsualBytes = 1U << 20U;  // of a member: the mean
    static constexpr std::size_t kMostBytes = 4U << 20U;   // where no entry was chosen for so long, the next one is

    explicit MemberCuts(ByteSource& tar) : tar_(tar), read_(kReadBytes) {}

    // The next member, in place of what `member` holds. Nothing at the end. All of them together are the input.
    Result<bool> next(std::vector<char>& member);

private:
    static constexpr std::size_t kReadBytes = 256U << 10U;
    Result<std::size_t> take(std::vector<char>& out, std::uint64_t most);
    Result<bool> take_body(std::vector<char>& member);
    Status read_headers();
    Result<bool> read_header(std::uint64_t& pax_size);

    ByteSource& tar_;
    std::vector<char> read_;  // from the tar, at once
    std::size_t at_ = 0;      // what stands before is taken
    std::size_t filled_ = 0;
    std::vector<char> headers_;          // of the entry that comes next: all that stands before its content
    bool chosen_ = false;                // it begins a member
    std::uint64_t body_ = 0;             // bytes of its content that were not taken yet, with what fills the last block
    std::uint64_t piece_ = kUsualBytes;  // the same up to the next cut within it
    bool ended_ = false;
};

}  // namespace mabplan::runtime
