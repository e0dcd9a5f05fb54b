#include "plans/model/action.h"

namespace mabplan {

std::optional<ActionId> root_of(const Work& work) {
    return std::visit(
        [](const auto& made) -> std::optional<ActionId> {
            if constexpr (std::is_same_v<std::decay_t<decltype(made)>, ImageAction>) return std::nullopt;
            else return made.root;
        },
        work);
}

std::vector<ActionId> inputs_of(const Work& work) {
    std::vector<ActionId> inputs;
    if (const auto root = root_of(work)) inputs.push_back(*root);
    const auto* copy = std::get_if<CopyAction>(&work);
    const auto* files = copy != nullptr ? std::get_if<RootFiles>(&copy->from) : nullptr;
    if (files != nullptr && files->root) inputs.push_back(*files->root);
    return inputs;
}

std::string_view kind_name(const Work& work) {
    constexpr std::string_view kNames[] = {"image", "run", "copy", "make-directory"};
    return kNames[work.index()];
}

}  // namespace mabplan
