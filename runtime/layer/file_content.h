// The content of an open file into the open entry of a tar.
#pragma once

#include "runtime/layer/tar_writer.h"

#include <string>
#include <vector>

namespace mabplan::runtime {

class FileContent {
public:
    explicit FileContent(TarWriter& tar);
    Status write(int file, const std::string& shown);

private:
    TarWriter& tar_;
    std::vector<char> buffer_;
};

}  // namespace mabplan::runtime
