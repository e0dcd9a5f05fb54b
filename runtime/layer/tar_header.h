// The header blocks of one tar entry; the format is that of tar_writer.h.
#pragma once

#include "plans/base/result.h"
#include "runtime/layer/layer_entry.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace mabplan::runtime {

inline constexpr std::size_t kTarBlock = 512;  // bytes

// How many zero bytes follow `size` bytes, so that they end on a block.
inline std::size_t tar_padding(std::uint64_t size) { return static_cast<std::size_t>((kTarBlock - size % kTarBlock) % kTarBlock); }

// The bytes of content that follow the header of this entry.
std::uint64_t tar_content_size(const LayerEntry& entry);

// A pax header if one is needed, then the ustar header. An input error for what a tar cannot hold.
Result<std::string> tar_header(const LayerEntry& entry);

}  // namespace mabplan::runtime
