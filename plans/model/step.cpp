#include "plans/model/step.h"

#include <set>

namespace mabplan {

std::vector<Digest> layers_of(const StepRequest& request) {
    std::vector<Digest> out;
    std::set<Digest> known;
    const auto add = [&](const Digest& layer) {
        if (known.insert(layer).second) out.push_back(layer);
    };
    for (const Digest& layer : request.layers) add(layer);
    for (const StepInput& input : request.inputs) {
        if (const auto* files = std::get_if<LayersInput>(&input.what))
            for (const Digest& layer : files->layers) add(layer);
        const auto* cache = std::get_if<CacheInput>(&input.what);
        if (cache == nullptr || !cache->seed) continue;
        add(cache->seed->layer);
        for (const Digest& layer : cache->seed->seen) add(layer);
    }
    return out;
}

}  // namespace mabplan
