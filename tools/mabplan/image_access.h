// Base images from layouts and registries: answers the compiler's question what they are, brings their blobs for the runtime, and
// opens what a person names on the command line.
#pragma once

#include "compiler/ports/image_resolver.h"
#include "plans/model/plan.h"
#include "runtime/image/image_source.h"
#include "runtime/layers/blob_fetcher.h"
#include "runtime/store/store.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/stop.h"

#include <map>
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
        const runtime::Stop* stop = nullptr;  // ends what is being fetched
    };
    ImageAccess(Options options, runtime::Store& store);
    ~ImageAccess() override;

    Result<compiler::BaseImage> resolve(const compiler::ImageRequest& request) override;
    Status fetch(const ImageLocation& location, const Descriptor& blob, const runtime::ByteProgress& progress) override;

    // "oci-layout://DIR[:TAG]", a folder that holds a layout, or a reference.
    Result<runtime::ImageSource*> open_named(const std::string& text);
    // The location that `open_named` reads, for plans and fetching.
    Result<ImageLocation> locate(const std::string& text) const;

private:
    Result<runtime::ImageSource*> open(const ImageLocation& location);
    Result<compiler::BaseImage> resolve_at(ImageLocation location, const Platform& platform);

    Options options_;
    runtime::Store& store_;
    struct Opened {
        std::unique_ptr<runtime::RegistryClient> client;
        std::map<std::string, std::unique_ptr<runtime::ImageSource>> sources;  // by kind and address
    };
    runtime::Guarded<Opened> opened_;
};

// An image as the plan names it, from what its source says.
compiler::BaseImage base_image(runtime::ResolvedImage resolved, ImageLocation location);

}  // namespace mabplan::tools
