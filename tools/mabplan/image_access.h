// Base images from layouts and registries: answers the compiler's question what they are, and brings their blobs for the runtime.
#pragma once

#include "compiler/ports/image_resolver.h"
#include "plans/model/plan.h"
#include "runtime/exec/blob_fetcher.h"
#include "runtime/store/store.h"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace mabplan::tools {

class ImageAccess final : public compiler::ImageResolver, public runtime::BlobFetcher {
public:
    struct Options {
        std::string root;  // what layout folders are relative to
        std::vector<RegistryHost> registries;
        bool offline = false;
        const std::atomic<bool>* stopped = nullptr;
    };
    ImageAccess(Options options, runtime::Store& store);
    ~ImageAccess() override;

    Result<compiler::BaseImage> resolve(const compiler::ImageRequest& request) override;
    Status fetch(const ImageLocation& location, const Descriptor& blob) override;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mabplan::tools
