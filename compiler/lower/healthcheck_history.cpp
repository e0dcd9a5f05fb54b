#include "compiler/lower/healthcheck_history.h"

#include "compiler/dockerfile/duration.h"
#include "plans/base/format.h"

namespace mabplan::compiler {

std::string healthcheck_history(const std::vector<std::string>& test, const Healthcheck& healthcheck) {
    return format("HEALTHCHECK {{Test:[{}] Interval:{} Timeout:{} StartPeriod:{} StartInterval:{} Retries:{}}}", join(test, " "),
                  format_duration(healthcheck.interval), format_duration(healthcheck.timeout), format_duration(healthcheck.start_period),
                  format_duration(healthcheck.start_interval), healthcheck.retries);
}

}  // namespace mabplan::compiler
