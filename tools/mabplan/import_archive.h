// Images of an archive, taken into the store.
#pragma once

#include "runtime/image/image_archive.h"
#include "runtime/store/store.h"
#include "runtime/sys/stop.h"

#include <string>
#include <vector>

namespace mabplan::tools {

// All of them. "-" is standard input. An Interrupted error once `stop`, which may be null, is raised.
Result<std::vector<runtime::ArchivedImage>> import_archive(const std::string& path, runtime::Store& store, const runtime::Stop* stop);
// One: that of this name or tag, or the only one if `name` is empty. Else an Input error with a list of what there is. The result is its
// digest, as ImageLocation has it for what the store holds without a name.
Result<std::string> import_image(const std::string& path, const std::string& name, runtime::Store& store, const runtime::Stop* stop);

}  // namespace mabplan::tools
