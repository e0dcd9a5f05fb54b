// A pipe whose ends no program inherits unless it is told to.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/fd.h"

namespace mabplan::runtime {

struct Pipe {
    Fd read;
    Fd write;
};

// An Environment error if there are no more descriptors.
Result<Pipe> make_pipe();

}  // namespace mabplan::runtime
