#include "tools/mabplan/offline_images.h"

#include "plans/base/json.h"

namespace mabplan::tools {

Result<compiler::BaseImage> OfflineImages::resolve(const compiler::ImageRequest& request) {
    auto known = known_.resolve(request);
    // What a named context or a layout lacks stays an error: no network would help.
    if (known || known.error().kind != ErrorKind::Registry || !request.replaced.empty()) return known;
    const Json document{{"os", request.platform.os},
                        {"architecture", request.platform.architecture},
                        {"variant", request.platform.variant},
                        {"config", {{"Env", {"PATH=/usr/local/bin:/usr/bin:/bin"}}}},
                        {"rootfs", {{"type", "layers"}, {"diff_ids", Json::array()}}}};
    MABPLAN_TRY(config, parse_image_config(dump_json(document), request.name));
    if (guessed_.insert(request.name).second) on_guess_(request.name);
    compiler::BaseImage image;
    image.platform = request.platform;
    image.config = std::move(config);
    image.is_guess = true;
    return image;
}

}  // namespace mabplan::tools
