#include "tools/mabplan/image_access.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/image_address.h"
#include "tools/mabplan/image_ids.h"
#include "tools/mabplan/import_archive.h"

namespace mabplan::tools {

compiler::BaseImage base_image(runtime::ResolvedImage resolved, ImageLocation location) {
    compiler::BaseImage base;
    location.index = resolved.index_digest;
    location.manifest = resolved.descriptor.digest;
    base.platform = normalize_platform(resolved.platform);
    base.location = std::move(location);
    for (std::size_t i = 0; i < resolved.manifest.layers.size(); ++i)
        base.layers.push_back({resolved.manifest.layers[i], resolved.config.diff_ids[i]});
    base.config = std::move(resolved.config);
    return base;
}

ImageAccess::ImageAccess(Options options, runtime::Store& store, Registries& registries)
    : options_(std::move(options)), store_(store), registries_(registries) {}
ImageAccess::~ImageAccess() = default;

// Under a name, or without one by its digest.
Result<std::optional<runtime::NamedImage>> ImageAccess::find_stored(const std::string& address) {
    const auto digest = Digest::parse(address);
    if (!digest) return store_.records().find_image(address);
    MABPLAN_TRY(root, runtime::RegistryMemory(store_.blobs(), store_.records()).recall({{}, {}, {}, *digest}));
    if (!root) return std::optional<runtime::NamedImage>();
    return std::optional(runtime::NamedImage{address, std::move(*root), 0});
}

Result<ImageAccess::Source> ImageAccess::open_anew(const ImageLocation& location) {
    switch (location.kind) {
        case ImageLocation::Kind::Layout: {
            MABPLAN_TRY(address, runtime::parse_layout_address(location.address));
            address.folder = join_path(options_.root, address.folder);
            return runtime::open_layout_source(address, options_.stop);
        }
        case ImageLocation::Kind::Store: {
            MABPLAN_TRY(image, find_stored(location.address));
            if (!image)
                return fail(ErrorKind::Input, format("the store has no image {}", location.address),
                            "`mabplan image ls` shows those it has");
            // what it names and the store lacks came from somewhere, and is fetched there
            const auto fetch_elsewhere = [this, name = location.address](const Descriptor& blob,
                                                                         const runtime::ByteProgress& progress) -> Status {
                MABPLAN_TRY(origin, store_.records().find_origin(blob.digest));
                if (!origin)
                    return fail(ErrorKind::Verify, format("the blob {} of {} is not in the store", blob.digest.text(), name),
                                "build the image again, or pull it");
                return fetch(*origin, blob, progress);
            };
            return runtime::open_stored_source(store_.blobs(), std::move(*image), fetch_elsewhere);
        }
        case ImageLocation::Kind::Registry: break;
    }
    MABPLAN_TRY(reference, parse_reference(location.address));
    return runtime::open_registry_source(registries_.client(), {store_.blobs(), store_.records()}, std::move(reference));
}

Result<runtime::ImageSource*> ImageAccess::open(const ImageLocation& location) {
    const auto known = opened_.lock();
    auto& source = known->sources[format("{} {}", static_cast<int>(location.kind), location.address)];
    if (!source) {
        MABPLAN_TRY(opened, open_anew(location));
        source = std::move(opened);
    }
    return source.get();
}

Result<compiler::BaseImage> ImageAccess::resolve_at(ImageLocation location, const Platform& platform, runtime::BareManifest bare) {
    MABPLAN_TRY(source, open(location));
    MABPLAN_TRY(resolved, source->resolve(platform, bare));
    return base_image(std::move(resolved), std::move(location));
}

Result<ImageLocation> ImageAccess::locate(const std::string& text) {
    MABPLAN_TRY(address, parse_image_address(text));
    switch (address.kind) {
        case ImageAddress::Kind::Layout: return ImageLocation{ImageLocation::Kind::Layout, address.text, {}, {}};
        case ImageAddress::Kind::LayoutArchive:
        case ImageAddress::Kind::DockerArchive: {
            const std::string path = address.text == "-" ? "-" : join_path(options_.root, address.text);
            MABPLAN_TRY(digest, import_image(path, address.name, store_, options_.stop));
            return ImageLocation{ImageLocation::Kind::Store, std::move(digest), {}, {}};
        }
        case ImageAddress::Kind::Bare: return locate_bare(address.text);
        case ImageAddress::Kind::Registry: break;
    }
    MABPLAN_TRY(reference, parse_reference(address.text));
    return ImageLocation{ImageLocation::Kind::Registry, format_reference(reference), {}, {}};
}

Failure ImageAccess::not_a_layout(const std::string& text) const {
    const std::string path = join_path(options_.root, text);
    const bool is_file = runtime::path_exists(path) && !runtime::is_directory(path);
    return fail(
        ErrorKind::Input, format("{} is no folder with an OCI layout", quoted(text)),
        is_file
            ? format("of an archive say which kind it is: oci-archive:{0} or docker-archive:{0}; docker://{0} is an image in a registry",
                     text)
            : "name a folder with an OCI layout, or an image reference");
}

// A name of the store's own, a folder with a layout, an id of the store, a reference: in this order.
Result<ImageLocation> ImageAccess::locate_bare(const std::string& text) {
    const auto is_layout = [&] {
        const auto parsed = runtime::parse_layout_address(text);
        return parsed && runtime::path_exists(join_path(options_.root, parsed->folder) + "/oci-layout");
    };
    auto reference = parse_reference(text);
    const bool is_path = text.starts_with('/') || text.starts_with("./") || text.starts_with("../");
    const bool may_be_own = options_.own_names && !is_path;
    if (may_be_own && reference) {
        MABPLAN_TRY(own, store_.records().find_image(format_reference(*reference)));
        if (own) return ImageLocation{ImageLocation::Kind::Store, own->name, {}, {}};
    }
    if (is_layout()) return ImageLocation{ImageLocation::Kind::Layout, text, {}, {}};
    if (may_be_own) {
        MABPLAN_TRY(by_id, find_image_id(text, store_));
        if (by_id) return ImageLocation{ImageLocation::Kind::Store, by_id->text(), {}, {}};
    }
    const std::string path = join_path(options_.root, text);
    if (is_path || (runtime::path_exists(path) && !runtime::is_directory(path))) return not_a_layout(text);
    if (reference) return ImageLocation{ImageLocation::Kind::Registry, format_reference(*reference), {}, {}};
    Error error = std::move(reference).error();
    if (error.hint.empty()) error.hint = "name a folder with an OCI layout, or an image reference";
    return fail(std::move(error));
}

Result<runtime::ImageSource*> ImageAccess::open_named(const std::string& text) {
    MABPLAN_TRY(location, locate(text));
    return open(location);
}

// Nothing: the store has no image of this name, or none for the platform; then a registry is asked.
Result<std::optional<compiler::BaseImage>> ImageAccess::resolve_own(const std::string& name, const Platform& platform) {
    if (!options_.own_names) return std::optional<compiler::BaseImage>();
    MABPLAN_TRY(known, store_.records().find_image(name));
    if (!known) return std::optional<compiler::BaseImage>();
    auto base = resolve_at({ImageLocation::Kind::Store, name, {}, {}}, platform, runtime::BareManifest::Refuse);
    if (!base && base.error().kind == ErrorKind::Input) return std::optional<compiler::BaseImage>();
    if (!base) return fail(std::move(base).error());
    opened_.lock()->own_names.insert(name);
    return std::optional(std::move(*base));
}

std::vector<std::string> ImageAccess::own_names_used() const {
    const auto known = opened_.lock();
    return {known->own_names.begin(), known->own_names.end()};
}

Result<compiler::BaseImage> ImageAccess::resolve(const compiler::ImageRequest& request) {
    if (!request.replaced.empty()) {
        MABPLAN_TRY(location, locate(request.replaced));
        return resolve_at(std::move(location), request.platform, runtime::BareManifest::Take);
    }
    MABPLAN_TRY(reference, parse_reference(request.name));
    const std::string name = format_reference(reference);
    MABPLAN_TRY(own, resolve_own(name, request.platform));
    if (own) return std::move(*own);
    return resolve_at({ImageLocation::Kind::Registry, name, {}, {}}, request.platform, runtime::BareManifest::Take);
}

// The blobs of a manifest are asked for by digest: a tag that moved meanwhile does not matter.
Result<runtime::ImageSource*> ImageAccess::open_origin(const ImageLocation& location) {
    ImageLocation pinned = location;
    if (pinned.kind == ImageLocation::Kind::Registry && !pinned.manifest.empty()) {
        MABPLAN_TRY(reference, parse_reference(location.address));
        pinned.address = format_reference(reference);
    }
    return open(pinned);
}

Status ImageAccess::fetch(const ImageLocation& location, const Descriptor& blob, const runtime::ByteProgress& progress) {
    if (store_.blobs().size(blob.digest) == blob.size) return {};
    MABPLAN_TRY(source, open_origin(location));
    return source->fetch_blob(blob, store_.blobs(), progress);
}

Result<bool> ImageAccess::send(const ImageLocation& location, const Descriptor& blob, runtime::ByteSink& sink,
                               const runtime::ByteProgress& progress) {
    if (location.kind == ImageLocation::Kind::Store) return false;  // it would come into the store on its way
    MABPLAN_TRY(source, open_origin(location));
    runtime::ProgressSink told(sink, progress, blob.size);
    MABPLAN_CHECK(source->send_blob(blob, told));
    return true;
}

}  // namespace mabplan::tools
