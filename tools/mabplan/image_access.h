// Base images from layouts, registries and the store: answers the compiler's question what they are, brings their blobs for the runtime,
// and opens what a person names on the command line.
#pragma once

#include "compiler/ports/image_resolver.h"
#include "plans/model/plan.h"
#include "runtime/image/image_source.h"
#include "runtime/layers/blob_fetcher.h"
#include "runtime/store/store.h"
#include "runtime/sys/guarded.h"
#include "tools/mabplan/registries.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mabplan::tools {

class ImageAccess final : public compiler::ImageResolver, public runtime::BlobFetcher {
public:
    struct Options {
        std::string root;       // what layout folders are relative to
        bool own_names = true;  // a name is looked for among the store's own before a registry is asked
        const runtime::Stop* stop = nullptr;
    };
    ImageAccess(Options options, runtime::Store& store, Registries& registries);
    ~ImageAccess() override;

    Result<compiler::BaseImage> resolve(const compiler::ImageRequest& request) override;
    Status fetch(const ImageLocation& location, const Descriptor& blob, const runtime::ByteProgress& progress) override;
    Result<bool> send(const ImageLocation& location, const Descriptor& blob, runtime::ByteSink& sink,
                      const runtime::ByteProgress& progress) override;

    // "oci-layout://DIR[:TAG]", "docker-image://REF", the other forms of image_address.h, a name of the store's own, a folder that holds a
    // layout, or a reference.
    Result<runtime::ImageSource*> open_named(const std::string& text);
    // The location that `open_named` reads, for plans and fetching. The images of an archive are taken into the store.
    Result<ImageLocation> locate(const std::string& text);
    // The names of the store's own that bases were found under, each once.
    std::vector<std::string> own_names_used() const;

    Result<runtime::ImageSource*> open(const ImageLocation& location);

private:
    using Source = std::unique_ptr<runtime::ImageSource>;
    struct Opened {
        std::map<std::string, Source> sources{};  // by kind and address
        std::set<std::string> own_names{};
    };
    Result<ImageLocation> locate_bare(const std::string& text);
    Failure not_a_layout(const std::string& text) const;
    Result<runtime::ImageSource*> open_origin(const ImageLocation& location);
    Result<std::optional<runtime::NamedImage>> find_stored(const std::string& address);
    Result<Source> open_anew(const ImageLocation& location);
    Result<compiler::BaseImage> resolve_at(ImageLocation location, const Platform& platform, runtime::BareManifest bare);
    Result<std::optional<compiler::BaseImage>> resolve_own(const std::string& name, const Platform& platform);

    Options options_;
    runtime::Store& store_;
    Registries& registries_;
    runtime::Guarded<Opened> opened_;
};

// An image as the plan names it, from what its source says.
compiler::BaseImage base_image(runtime::ResolvedImage resolved, ImageLocation location);

}  // namespace mabplan::tools
