// Members of packed layers by what is in them: what was packed once need not be packed again. Does not know where they are kept.
#pragma once

#include "plans/base/digest.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace mabplan::runtime {

class PackedMembers {
public:
    virtual ~PackedMembers() = default;
    // The packed bytes of the member whose unpacked bytes have this digest, in place of what `packed` holds; false if it is not known, or
    // not as it was: then anything may be there. Several threads may ask.
    virtual bool find(const Digest& unpacked, std::string& packed) = 0;
    // Each member of a file in the order in which they stand there, the known ones as well: where it begins, in bytes.
    virtual void note(const Digest& unpacked, std::uint64_t offset, std::string_view packed) = 0;
};

}  // namespace mabplan::runtime
