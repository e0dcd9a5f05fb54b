// The content of an open file into the open entry of a tar.
#pragma once

#include "runtime/layer/tar_writer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

// What follows the last byte of a content in the file that is read.
enum class Behind { EndOfFile, Others };

class FileContent {
public:
    FileContent(TarWriter& tar, const LayerOptions& options);
    // `size` bytes are expected from where the descriptor stands, and read in as few calls as that takes.
    Status write(int file, std::uint64_t size, const std::string& shown, Behind behind = Behind::EndOfFile);

private:
    TarWriter& tar_;
    const LayerOptions& options_;
    std::vector<char> buffer_;
};

}  // namespace mabplan::runtime
