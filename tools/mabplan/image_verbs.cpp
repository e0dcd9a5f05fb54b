#include "tools/mabplan/verbs.h"
namespace mabplan::tools {
int image_inspect_verb(const ImageInspectOptions&) { return 2; }
int image_run_verb(const ImageRunOptions&) { return 2; }
}
