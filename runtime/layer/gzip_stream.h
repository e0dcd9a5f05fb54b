// A gzip file as a stream of its members (RFC 1952, section 2.2), whichever library inflates them.
#pragma once

#include "runtime/sys/byte_stream.h"

#include <cstdint>
#include <memory>
#include <span>

namespace mabplan::runtime {

// One library's way to inflate a member, header and trailer with it.
class MemberInflater {
public:
    virtual ~MemberInflater() = default;
    // Takes from the front of `in` and writes to the front of `out`, as far as it gets: both are what is left afterwards.
    virtual Status inflate_some(std::span<std::uint8_t>& in, std::span<std::uint8_t>& out) = 0;
    virtual bool has_ended() const = 0;  // the member has, its checksum was right
    virtual void start_next() = 0;       // the next member comes
};

// What the members hold, one after the other. Zeros behind the last one are passed over, as gzip does.
std::unique_ptr<ByteSource> inflate_members(std::unique_ptr<ByteSource> packed, std::unique_ptr<MemberInflater> inflater);

}  // namespace mabplan::runtime
