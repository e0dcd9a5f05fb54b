// One codec a library; what each of the files beside offers to codec.cpp.
#pragma once

#include "runtime/layer/packed_members.h"
#include "runtime/sys/byte_stream.h"

#include <memory>
#include <span>
#include <string>

namespace mabplan::runtime {

// What was looked at already, then the rest.
std::unique_ptr<ByteSource> rejoin(std::string first, std::unique_ptr<ByteSource> rest);

// ISA-L, or zlib where the build has no ISA-L.
std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed);

// libdeflate
// `known` may be null.
Status gzip_members(ByteSource& input, ByteSink& out, int threads, PackedMembers* known);
std::string gzip_members_id();

// zstd
std::unique_ptr<ByteSource> unzstd(std::unique_ptr<ByteSource> packed);
Status zstd_frame(ByteSource& input, ByteSink& out);
std::string zstd_frame_id();

}  // namespace mabplan::runtime
