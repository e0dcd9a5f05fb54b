// Contents set aside until a layer is written: one after the other in a file without a name, which goes with its descriptor.
#pragma once

#include "runtime/layer/tar_reader.h"
#include "runtime/layer/tree_layer.h"
#include "runtime/sys/fd.h"

#include <cstdint>
#include <string>

namespace mabplan::runtime {

// Where a content stands in a spool.
struct SpooledContent {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

class ContentSpool {
public:
    // `folder` is on the disk that is to hold the contents. No file is made before there is one.
    explicit ContentSpool(std::string folder) : folder_(std::move(folder)) {}

    // The content of the reader's current entry, of this size. What the archive leaves out of it stays a hole.
    Result<SpooledContent> add(TarReader& reader, std::uint64_t size);
    Result<OpenedContent> open(const SpooledContent& content) const;

private:
    Status make_file();

    std::string folder_;
    Fd file_;
    std::uint64_t end_ = 0;
};

}  // namespace mabplan::runtime
