// Stands in for base images that can't be had without the network, so that a check can go on: as if they were for the platform that
// is wanted and set PATH alone. Of no use where a plan is made.
#pragma once

#include "compiler/ports/image_resolver.h"

#include <functional>
#include <set>
#include <string>

namespace mabplan::tools {

class OfflineImages final : public compiler::ImageResolver {
public:
    // `on_guess` is told of each name once.
    OfflineImages(compiler::ImageResolver& known, std::function<void(const std::string&)> on_guess)
        : known_(known), on_guess_(std::move(on_guess)) {}
    Result<compiler::BaseImage> resolve(const compiler::ImageRequest& request) override;

private:
    compiler::ImageResolver& known_;
    std::function<void(const std::string&)> on_guess_;
    std::set<std::string> guessed_;
};

}  // namespace mabplan::tools
