// An image in the engine of this host: docker or podman, whichever is there. Handed over as an archive by its own program ("docker load").
#pragma once

#include "runtime/image/image_sink.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct EngineSurroundings {
    std::vector<std::string> folders;  // where programs are found
    std::vector<std::string> env;      // "NAME=value": all that they see
    std::string scratch;               // a folder for the archive
    Platform host;                     // of several images its own goes there
    std::function<bool()> stop;        // may be empty
};

// Never current: what the engine has is not looked at. An Environment error where there is no engine, or it refuses.
std::unique_ptr<ImageSink> open_engine(EngineSurroundings surroundings);

}  // namespace mabplan::runtime
