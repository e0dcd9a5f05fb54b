// What the flags of `image run` ask for, as docker run has them: mounts, variables, network, limits. Reads the files of this host that they
// name, and its environment; starts nothing.
#pragma once

#include "runtime/run_image.h"
#include "tools/mabplan/command_line.h"

#include <string>
#include <vector>

namespace mabplan::tools {

Result<runtime::ImageRunSettings> image_run_settings(const ImageRunOptions& options);

// The lines of a file as docker's --env-file has them: "NAME=value", taken as it is, "NAME" for the variable of this process, if there is
// one, "#" at the beginning of what is none. Input errors with their places.
Result<std::vector<std::string>> read_env_file(const std::string& path);

}  // namespace mabplan::tools
