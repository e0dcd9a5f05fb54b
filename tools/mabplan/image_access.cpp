#include "tools/mabplan/image_access.h"

#include "compiler/matrix/context_location.h"
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/http/offline.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/process.h"

namespace mabplan::tools {

namespace {

runtime::RegistryOptions registry_options(const ImageAccess::Options& options) {
    runtime::RegistryOptions out;
    for (const RegistryHost& host : options.registries) {
        std::vector<std::string> ca;
        for (const std::string& file : host.ca) ca.push_back(join_path(options.root, file));
        out.hosts[host.host] = {host.plain_http, std::move(ca), host.mirrors};
    }
    const ProcessEnvironment environment;
    const auto value = [&](const char* name) { return environment.get(name).value_or(""); };
    out.auth_files = runtime::auth_files({value("DOCKER_CONFIG"), value("REGISTRY_AUTH_FILE"), value("XDG_RUNTIME_DIR"), value("HOME")});
    out.trust.bundle = value("SSL_CERT_FILE");
    if (const auto* stop = options.stop) out.stop = [stop] { return stop->is_stopped(); };
    return out;
}

}  // namespace

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

ImageAccess::ImageAccess(Options options, runtime::Store& store) : options_(std::move(options)), store_(store) {}
ImageAccess::~ImageAccess() = default;

Result<runtime::ImageSource*> ImageAccess::open(const ImageLocation& location) {
    const bool is_layout = location.kind == ImageLocation::Kind::Layout;
    const auto known = opened_.lock();
    auto& source = known->sources[(is_layout ? "layout " : "registry ") + location.address];
    if (source) return source.get();
    if (is_layout) {
        MABPLAN_TRY(address, runtime::parse_layout_address(location.address));
        address.folder = join_path(options_.root, address.folder);
        MABPLAN_TRY(opened, runtime::open_layout_source(address));
        source = std::move(opened);
        return source.get();
    }
    if (options_.offline)
        return runtime::refuse_offline(location.address,
                                       "build once without --offline, or name a layout: --build-context NAME=oci-layout://DIR");
    MABPLAN_TRY(reference, parse_reference(location.address));
    if (!known->client) known->client = std::make_unique<runtime::RegistryClient>(registry_options(options_));
    source = runtime::open_registry_source(*known->client, std::move(reference));
    return source.get();
}

Result<compiler::BaseImage> ImageAccess::resolve_at(ImageLocation location, const Platform& platform) {
    MABPLAN_TRY(source, open(location));
    MABPLAN_TRY(resolved, source->resolve(platform, runtime::BareManifest::Take));
    return base_image(std::move(resolved), std::move(location));
}

Result<ImageLocation> ImageAccess::locate(const std::string& text) const {
    ImageLocation location;
    constexpr std::string_view kLayout = "oci-layout://", kImage = "docker-image://";
    std::string name = text;
    if (name.starts_with(kImage)) name.erase(0, kImage.size());
    const bool named_layout = name.starts_with(kLayout);
    if (named_layout) name.erase(0, kLayout.size());
    const auto address = runtime::parse_layout_address(name);
    const bool is_folder = address && runtime::path_exists(join_path(options_.root, address->folder) + "/oci-layout");
    if (named_layout || (is_folder && !text.starts_with(kImage))) {
        location.kind = ImageLocation::Kind::Layout;
        location.address = name;
        return location;
    }
    const std::string path = join_path(options_.root, name);
    const bool is_file = runtime::path_exists(path) && !runtime::is_directory(path);
    if (!text.starts_with(kImage) && (is_file || name.starts_with('/') || name.starts_with("./") || name.starts_with("../")))
        return fail(ErrorKind::Input, format("{} is no folder with an OCI layout", quoted(name)),
                    is_file ? "unpack the tar of a layout first: mkdir DIR && tar -xf FILE -C DIR"
                            : "name a folder with an OCI layout, or an image reference");
    auto reference = parse_reference(name);
    if (!reference) {
        Error error = std::move(reference).error();
        if (error.hint.empty()) error.hint = "name a folder with an OCI layout, or an image reference";
        return fail(std::move(error));
    }
    location.address = format_reference(*reference);
    return location;
}

Result<runtime::ImageSource*> ImageAccess::open_named(const std::string& text) {
    MABPLAN_TRY(location, locate(text));
    return open(location);
}

Result<compiler::BaseImage> ImageAccess::resolve(const compiler::ImageRequest& request) {
    if (!request.replaced.empty()) {
        MABPLAN_TRY(location, locate(request.replaced));
        return resolve_at(std::move(location), request.platform);
    }
    MABPLAN_TRY(reference, parse_reference(request.name));
    return resolve_at({ImageLocation::Kind::Registry, format_reference(reference), {}, {}}, request.platform);
}

Status ImageAccess::fetch(const ImageLocation& location, const Descriptor& blob, const runtime::ByteProgress& progress) {
    ImageLocation pinned = location;
    if (pinned.kind == ImageLocation::Kind::Registry && !pinned.manifest.empty()) {
        // the blobs of a manifest are asked for by digest: a tag that moved meanwhile does not matter
        MABPLAN_TRY(reference, parse_reference(location.address));
        pinned.address = format_reference(reference);
    }
    MABPLAN_TRY(source, open(pinned));
    return source->fetch_blob(blob, store_.blobs(), progress);
}

}  // namespace mabplan::tools
