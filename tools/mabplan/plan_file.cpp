#include "tools/mabplan/plan_file.h"

#include "plans/codec/plan_reader.h"
#include "runtime/sys/file.h"

namespace mabplan::tools {

Result<Plan> read_plan_file(const std::string& path) {
    auto text = runtime::read_file(path, 1U << 30U);
    if (!text)
        return pass(std::move(text).error().with_hint(path.ends_with(".json")
                                                          ? "make it with `mabplan compile`"
                                                          : "`mabplan compile` makes a plan; `mabplan image run NAME` runs an image"));
    return read_plan(*text, path);
}

}  // namespace mabplan::tools
