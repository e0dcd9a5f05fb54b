// The content of an open file into the open entry of a tar.
#pragma once

#include "runtime/layer/tar_writer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

class FileContent {
public:
    FileContent(TarWriter& tar, const LayerOptions& options);
    // `size` bytes are expected, and read in as few calls as that takes.
    Status write(int file, std::uint64_t size, const std::string& shown);

private:
    TarWriter& tar_;
    const LayerOptions& options_;
    std::vector<char> buffer_;
};

}  // namespace mabplan::runtime
