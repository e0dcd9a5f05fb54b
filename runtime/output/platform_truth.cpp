#include "runtime/output/platform_truth.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/exec/action_stack.h"

namespace mabplan::runtime {

namespace {

std::string place(const Origin& origin) { return format("{}:{}", origin.dockerfile, origin.line); }

std::string lie(const Cell& cell, const ProgramFound& program, const std::string& whence) {
    return format("{}: the image for {} holds programs for {}: {} {}", place(cell.final_from), format_platform(cell.platform),
                  program.architecture, program.path, whence);
}

std::string hint(const Cell& cell) {
    if (cell.final_from.text.find("--platform") == std::string::npos)
        return format("the final stage {} (`{}`) is made for {}: name a base that has {}, or ask for the platform that it has",
                      quoted(cell.final_stage), cell.final_from.text, format_platform(cell.root_platform), format_platform(cell.platform));
    return format("the final stage {} (`{}`) is made for {}; take --platform off its FROM so that it follows the target platform",
                  quoted(cell.final_stage), cell.final_from.text, format_platform(cell.root_platform));
}

// The first program of a foreign machine in a layer; nothing if all is as claimed.
Result<std::optional<ProgramFound>> foreign_program(const Digest& diff_id, const Platform& platform, LayerStore& layers) {
    MABPLAN_TRY(programs, layers.programs(diff_id));
    for (const ProgramFound& program : programs)
        if (!runs_on(program.architecture, platform)) return std::optional<ProgramFound>(program);
    return std::optional<ProgramFound>{};
}

}  // namespace

Status warn_of_platform_lies(const Plan& plan, const Cell& cell, const ActionResults& results, LayerStore& layers, EventSink& events) {
    const bool base_differs = !runs_on(cell.root_platform.architecture, cell.platform);
    for (const ActionId at : stack_of(plan, cell.root)) {
        const Action& action = plan.action(at);
        const bool is_image = std::holds_alternative<ImageAction>(action.work);
        if (is_image && !base_differs) continue;
        const std::vector<Digest> chain = results.chain(at);
        const std::size_t below = is_image ? 0 : chain.size() - 1;
        for (std::size_t i = below; i < chain.size(); ++i) {
            MABPLAN_TRY(program, foreign_program(chain[i], cell.platform, layers));
            if (!program) continue;
            const std::string whence =
                is_image ? format("of the base {}", std::get<ImageAction>(action.work).name)
                         : format("made by {} {} in the stage {}", place(action.origin), action.origin.text, quoted(action.origin.stage));
            events.tell(Warned{lie(cell, *program, whence), base_differs ? hint(cell) : std::string{}});
            return {};
        }
    }
    return {};
}

}  // namespace mabplan::runtime
