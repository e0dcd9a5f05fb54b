// The user namespace that the files of the store belong to.
#pragma once

namespace mabplan::tools {

// For good; threads that there are must end soon. Where it can't be entered that is told, and the user's own files are still there: root,
// who needs none, is told nothing.
void enter_store_namespace();

}  // namespace mabplan::tools
