// What `mabplan build -` and `mabplan build -f -` are given on the standard input: an archive that is a build context, or a Dockerfile.
#pragma once

#include "runtime/store/store.h"
#include "runtime/sys/stop.h"

#include <string>

namespace mabplan::tools {

struct StandardInput {
    Digest archive;    // in the store; empty if it was none
    std::string text;  // else
};

// To its end, or until `stop` says so: an Interrupted error. An archive is known by its first bytes.
Result<StandardInput> read_standard_input(runtime::Store& store, const runtime::Stop& stop);

}  // namespace mabplan::tools
