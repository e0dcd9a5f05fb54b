// The question the compiler asks about base images. Answered outside; the compiler opens nothing itself.
#pragma once

#include "plans/model/action.h"
#include "plans/oci/image_config.h"

#include <string>
#include <vector>

namespace mabplan::compiler {

struct ImageRequest {
    std::string name;      // as written in the Dockerfile, expanded
    Platform platform;     // wanted
    std::string replaced;  // the named context that stands in for it ("oci-layout://…", "docker-image://…"), or empty
};

struct BaseImage {
    Platform platform;  // of what was chosen
    ImageLocation location;
    std::vector<BaseLayer> layers;  // bottom layer first
    ImageConfig config;
    bool is_guess = false;  // stands in for an image that can't be had: what it sets is not known
};

class ImageResolver {
public:
    virtual ~ImageResolver() = default;
    // The image that serves the platform, by containerd's rules. The same question gives the same answer within one compilation.
    virtual Result<BaseImage> resolve(const ImageRequest& request) = 0;
};

}  // namespace mabplan::compiler
