// A pipe whose ends no program inherits unless it is told to.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/fd.h"

#include <string>

namespace mabplan::runtime {

struct Pipe {
    Fd read;
    Fd write;
};

// An Environment error if there are no more descriptors.
Result<Pipe> make_pipe();

// What comes until the other end is closed, or what had come when reading failed. For pipes that carry little.
std::string read_to_end(int fd);

}  // namespace mabplan::runtime
