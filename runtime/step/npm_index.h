// The index of npm's download cache (cacache, index-v5): files of lines, each the SHA-1 of a JSON object, a tab, and the object, which
// says when it was written ("time", milliseconds), and in "metadata" when the answer came and its headers. Knows these three times and
// nothing else of npm.
#pragma once

#include "runtime/layer/layer_entry.h"

#include <string>
#include <string_view>

namespace mabplan::runtime {

// The text of an index file with the times that the layer gives to files instead of those of the step: "time" and the header "date".
// Lines that are not as npm writes them stay as they are.
std::string with_layer_times(std::string_view index, const LayerOptions& options);

// The same for the file `name` of an open folder of a step's upper directory. The file's own times stay.
Status settle_npm_times(int folder, const std::string& name, const std::string& shown, const LayerOptions& options);

}  // namespace mabplan::runtime
