#include "runtime/image/image_walk.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr int kMaxDepth = 4;             // of indexes inside indexes
constexpr std::size_t kMaxImages = 512;  // in all

bool is_index(const Descriptor& descriptor) { return is_index_type(descriptor.media_type); }
bool is_manifest(const Descriptor& descriptor) { return is_manifest_type(descriptor.media_type); }

// What BuildKit puts beside the images: provenance and the like, for the platform "unknown/unknown".
bool is_no_image(const Descriptor& descriptor) {
    return descriptor.annotations.contains("vnd.docker.reference.type") ||
           (descriptor.platform && (descriptor.platform->os == "unknown" || descriptor.platform->architecture == "unknown"));
}

std::string name_of(const Descriptor& descriptor) { return format("the manifest {}", descriptor.digest.text()); }

Result<Manifest> read_manifest(const Descriptor& descriptor, const ReadDocument& read, std::string* kept = nullptr) {
    MABPLAN_TRY(bytes, read(descriptor));
    MABPLAN_TRY(document, parse_manifest(bytes, descriptor.media_type, name_of(descriptor)));
    if (!std::holds_alternative<Manifest>(document)) return fail(ErrorKind::Verify, format("{} is an index", name_of(descriptor)));
    if (kept != nullptr) *kept = std::move(bytes);
    return std::get<Manifest>(std::move(document));
}

// Some registries once told the type that a file server makes up: moby takes these for images, too.
bool is_config_type(std::string_view type) {
    constexpr std::array<std::string_view, 6> kTypes{media_type::kConfig,        media_type::kDockerConfig, "",
                                                     "application/octet-stream", "application/json",        "text/html"};
    return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

// What the configuration leaves open the descriptor may say.
Result<ImageConfig> read_config(const Manifest& manifest, const Descriptor& descriptor, const ReadDocument& read) {
    const std::string_view type = manifest.config.media_type;
    if (!is_config_type(type))
        return input_error(format("{} is not an image that can be run: its configuration is {}", name_of(descriptor), quoted(type)));
    MABPLAN_TRY(bytes, read(manifest.config));
    const std::string what = format("the configuration {}", manifest.config.digest.text());
    MABPLAN_TRY(config, parse_image_config(bytes, what));
    if (!config.platform.architecture.empty()) return config;
    if (!descriptor.platform || descriptor.platform->architecture.empty())
        return fail(ErrorKind::Verify, format("{} does not say for which architecture it is, and no index does", what),
                    "have the image made again with an architecture in its configuration (image specification, config.md)");
    config.platform.architecture = descriptor.platform->architecture;
    config.platform.variant = descriptor.platform->variant;
    return config;
}

class Walk {
public:
    explicit Walk(const ReadDocument& read) : read_(read) {}

    Status visit(const Descriptor& descriptor, int depth) {
        if (is_no_image(descriptor)) return {};
        if (is_index(descriptor)) return visit_index(descriptor, depth);
        // other things may stand in an index (image-spec, image-index.md: unknown media types are to be ignored)
        if (!is_manifest(descriptor)) return {};
        if (listing.images.size() == kMaxImages)
            return fail(ErrorKind::Verify, format("there are more than {} images in one index", kMaxImages));
        if (!seen_.insert(descriptor.digest).second) return {};
        OfferedImage image{descriptor, {}};
        if (descriptor.platform) {
            image.platform = *descriptor.platform;
        } else {
            MABPLAN_TRY(manifest, read_manifest(descriptor, read_));
            MABPLAN_TRY(config, read_config(manifest, descriptor, read_));
            image.platform = config.platform;
        }
        listing.images.push_back(std::move(image));
        return {};
    }

    ImageListing listing;

private:
    Status visit_index(const Descriptor& descriptor, int depth) {
        if (depth == kMaxDepth) return fail(ErrorKind::Verify, format("indexes are nested deeper than {} levels", kMaxDepth));
        MABPLAN_TRY(bytes, read_(descriptor));
        MABPLAN_TRY(document, parse_manifest(bytes, descriptor.media_type, format("the index {}", descriptor.digest.text())));
        if (!std::holds_alternative<Index>(document)) return fail(ErrorKind::Verify, format("{} is no index", descriptor.digest.text()));
        const auto& index = std::get<Index>(document);
        if (descriptor.digest == listing.index) listing.annotations = index.annotations;
        for (const Descriptor& entry : index.manifests) MABPLAN_CHECK(visit(entry, depth + 1));
        return {};
    }

    const ReadDocument& read_;
    std::set<Digest> seen_;
};

std::string list_platforms(const ImageListing& listing) {
    std::vector<std::string> names;
    for (const OfferedImage& image : listing.images) names.push_back(format_platform_full(normalize_platform(image.platform)));
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return format("{}", join(names, ", "));
}

Result<OfferedImage> choose(const ImageListing& listing, const Platform& wanted, const std::string& name) {
    std::vector<Platform> offered;
    for (const OfferedImage& image : listing.images) offered.push_back(image.platform);
    if (const std::optional<std::size_t> best = choose_platform(wanted, offered)) return listing.images[*best];
    if (listing.images.empty()) return input_error(format("{} holds no image", name));
    return fail(ErrorKind::Input, format("{} has no image for {}", name, format_platform_full(normalize_platform(wanted))), {},
                "platforms there are: " + list_platforms(listing));
}

}  // namespace

Result<ImageListing> list_images(const ImageRoots& roots, const ReadDocument& read) {
    Walk walk(read);
    for (const Descriptor& root : roots.descriptors) {
        if (roots.descriptors.size() == 1 && is_index(root)) walk.listing.index = root.digest;
        if (Status visited = walk.visit(root, 0); !visited) return pass(std::move(visited).error(), format("looking into {}", roots.name));
    }
    return std::move(walk.listing);
}

Result<ResolvedImage> resolve_image(const ImageRoots& roots, const ImageChoice& choice, const ReadDocument& read) {
    MABPLAN_TRY(listing, list_images(roots, read));
    const bool is_bare =
        roots.descriptors.size() == 1 && listing.images.size() == 1 && listing.images[0].manifest.digest == roots.descriptors[0].digest;
    const bool takes_it = is_bare && choice.bare == BareManifest::Take;
    MABPLAN_TRY(chosen, takes_it ? Result<OfferedImage>(listing.images[0]) : choose(listing, choice.wanted, roots.name));
    ResolvedImage image;
    image.index_digest = listing.index;
    image.descriptor = chosen.manifest;
    image.platform = chosen.platform;
    const std::string doing = format("reading the image of {} for {}", roots.name, format_platform(chosen.platform));
    Result<Manifest> manifest = read_manifest(chosen.manifest, read, &image.manifest_bytes);
    if (!manifest) return pass(std::move(manifest).error(), doing);
    Result<ImageConfig> config = read_config(*manifest, chosen.manifest, read);
    if (!config) return pass(std::move(config).error(), doing);
    if (manifest->layers.size() != config->diff_ids.size())
        return pass(Error{ErrorKind::Verify, format("{} lists {} layers, its configuration {}", name_of(chosen.manifest),
                                                    manifest->layers.size(), config->diff_ids.size())},
                    doing);
    image.manifest = std::move(*manifest);
    image.config = std::move(*config);
    return image;
}

}  // namespace mabplan::runtime
