#include "tools/mabplan/error_report.h"

#include "tools/mabplan/console.h"

namespace mabplan::tools {

int report(const Errors& errors) {
    for (const Error& error : errors) print_error(error);
    return errors.empty() ? 0 : exit_code(errors.front().kind);
}

int report(const Error& error) { return report(Errors{error}); }

int report(const Status& done) { return done ? 0 : report(done.error()); }

}  // namespace mabplan::tools
