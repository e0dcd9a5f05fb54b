#include "plans/model/action.h"

#include <array>
#include <type_traits>

namespace mabplan {

bool makes_layer(const Work& work) {
    return std::holds_alternative<RunAction>(work) || std::holds_alternative<CopyAction>(work) ||
           std::holds_alternative<MakeDirectoryAction>(work);
}

std::optional<ActionId> root_of(const Work& work) {
    return std::visit(
        [](const auto& made) -> std::optional<ActionId> {
            if constexpr (requires { made.root; }) return made.root;
            else return std::nullopt;
        },
        work);
}

std::vector<const FileOrigin*> origins_of(const Work& work) {
    std::vector<const FileOrigin*> origins;
    if (const auto* copy = std::get_if<CopyAction>(&work))
        for (const CopyPart& part : copy->parts) origins.push_back(&part.from);
    if (const auto* run = std::get_if<RunAction>(&work)) {
        for (const Mount& mount : run->mounts) {
            if (const auto* bind = std::get_if<BindMount>(&mount.what)) origins.push_back(&bind->from);
            if (const auto* cache = std::get_if<CacheMount>(&mount.what)) origins.push_back(&cache->from);
        }
    }
    return origins;
}

std::vector<ActionId> inputs_of(const Work& work) {
    std::vector<ActionId> inputs;
    if (const auto root = root_of(work)) inputs.push_back(*root);
    for (const FileOrigin* origin : origins_of(work)) {
        const auto* files = std::get_if<RootFiles>(origin);
        if (files != nullptr && files->root) inputs.push_back(*files->root);
    }
    return inputs;
}

std::string_view kind_name(const Work& work) {
    constexpr std::array<std::string_view, std::variant_size_v<Work>> kNames{"image", "run", "copy", "make-directory", "fetch", "git"};
    return kNames[work.index()];
}

}  // namespace mabplan
