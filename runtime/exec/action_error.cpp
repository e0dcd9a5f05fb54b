#include "runtime/exec/action_error.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"

#include <memory>
#include <utility>

namespace mabplan::runtime {

std::optional<SourcePlace> place_of(const Origin& origin, const std::string& folder) {
    const auto text = read_file(join_path(folder, origin.dockerfile));
    if (!text) return std::nullopt;
    return SourcePlace{std::make_shared<SourceText>(origin.dockerfile, *text), origin.line, 0, 1, origin.last_line};
}

Error explain_error(const Plan& plan, ActionId id, const std::string& folder, Error error) {
    const Origin& origin = plan.action(id).origin;
    std::string where = format("running {}:{} {}", origin.dockerfile, origin.line, origin.text);
    if (const auto* run = std::get_if<RunAction>(&plan.action(id).work)) where += format(" on {}", format_platform(run->platform));
    error.context.push_back(std::move(where));
    if (!error.place) error.place = place_of(origin, folder);
    return error;
}

}  // namespace mabplan::runtime
