// Extended attributes of files as bytes, one after the other: for each file count u32, then length u32 and bytes of each name and of
// each value, host byte order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace mabplan::runtime {

using Xattrs = std::map<std::string, std::string>;

constexpr std::uint32_t kNoAttributes = 0xffffffff;

// Where they begin in `bytes` from now on; kNoAttributes if there are none, or no room for them.
std::uint32_t append_attributes(std::string& bytes, const Xattrs& xattrs);
// What goes beyond the end of the bytes is empty.
Xattrs attributes_at(std::string_view bytes, std::uint32_t offset);

}  // namespace mabplan::runtime
