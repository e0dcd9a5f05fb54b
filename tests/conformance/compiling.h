// One Dockerfile through the compiler, with ports that have no disk and no registry behind them.
#pragma once

#include "compiler/compile.h"

#include <string>

namespace mabplan::conformance {

enum class World {
    Empty,  // the build context holds nothing, and there is no image
    Full,   // every file that is asked for is there, empty, and so is every image
};

// For linux/amd64, without a lock or labels; `stage` empty: the last one.
Checked<compiler::Compiled> compile_text(const std::string& dockerfile, const std::string& stage, World world);

}  // namespace mabplan::conformance
