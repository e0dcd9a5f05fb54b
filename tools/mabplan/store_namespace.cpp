#include "tools/mabplan/store_namespace.h"

#include "runtime/sandbox/user_namespace.h"
#include "tools/mabplan/console.h"
#include "tools/mabplan/error_report.h"

#include <unistd.h>

namespace mabplan::tools {

void enter_store_namespace() {
    if (auto entered = runtime::enter_user_namespace(); !entered && ::geteuid() != 0) print_warning(format_error(entered.error()));
}

}  // namespace mabplan::tools
