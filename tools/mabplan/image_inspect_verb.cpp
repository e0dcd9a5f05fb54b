// image inspect.
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "plans/oci/reference.h"
#include "runtime/sandbox/emulator.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/fill_template.h"
#include "tools/mabplan/image_world.h"
#include "tools/mabplan/verbs.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

namespace mabplan::tools {

namespace {

struct ShownImage {
    Platform platform;
    runtime::ResolvedImage image;
};

Result<std::vector<ShownImage>> resolve_all(runtime::ImageSource& source, const runtime::ImageListing& listing, const std::string& wanted) {
    std::vector<ShownImage> out;
    MABPLAN_TRY(only, asked_platforms(wanted.empty() ? std::vector<std::string>{} : std::vector<std::string>{wanted}));
    for (const Platform& each : only) {
        MABPLAN_TRY(image, source.resolve(each));
        const Platform platform = normalize_platform(image.platform);
        out.push_back({platform, std::move(image)});
    }
    if (!only.empty()) return out;
    for (const runtime::OfferedImage& offered : listing.images) {
        const Platform platform = normalize_platform(offered.platform);
        MABPLAN_TRY(image, source.resolve(platform));
        out.push_back({platform, std::move(image)});
    }
    return out;
}

OrderedJson image_json(const ShownImage& shown) {
    OrderedJson layers = OrderedJson::array();
    for (std::size_t i = 0; i < shown.image.manifest.layers.size(); ++i) {
        const Descriptor& layer = shown.image.manifest.layers[i];
        layers.push_back({{"media_type", layer.media_type},
                          {"digest", layer.digest.text()},
                          {"size", layer.size},
                          {"diff_id", shown.image.config.diff_ids[i].text()}});
    }
    return {{"platform", format_platform(shown.platform)},
            {"manifest", shown.image.descriptor.digest.text()},
            {"config_digest", shown.image.manifest.config.digest.text()},
            {"annotations", shown.image.manifest.annotations},
            {"descriptor_annotations", shown.image.descriptor.annotations},
            {"layers", std::move(layers)},
            {"config", OrderedJson::parse(shown.image.config.json)}};
}

// As it is, or quoted where it could reach the terminal.
std::string plain(const std::string& text) {
    const std::string safe = quoted(text);
    return safe.size() == text.size() + 2 ? text : safe;
}

std::string annotation_lines(std::string_view margin, const std::map<std::string, std::string>& annotations) {
    std::string text;
    for (const auto& [key, value] : annotations) text += format("{}annotation {}={}\n", margin, plain(key), plain(value));
    return text;
}

// What only its JSON says.
std::string other_lines(const ImageConfig& config) {
    const Json json = Json::parse(config.json);
    const Json* inner = find_member(json, "config");
    if (inner == nullptr) return {};
    std::string text;
    const auto names = [&](const char* shown, const char* member) {
        if (const Json* map = find_member(*inner, member); map != nullptr && map->is_object())
            for (const auto& [name, unused] : map->items()) text += format("  {:<10} {}\n", shown, plain(name));
    };
    if (const Json* labels = find_member(*inner, "Labels"); labels != nullptr && labels->is_object())
        for (const auto& [name, value] : labels->items())
            text += format("  label      {}={}\n", plain(name), plain(value.is_string() ? value.get<std::string>() : dump_json(value)));
    names("port", "ExposedPorts");
    names("volume", "Volumes");
    if (const auto signal = find_string(*inner, "StopSignal"); signal && !signal->empty())
        text += format("  stop       {}\n", plain(*signal));
    if (const Json* health = find_member(*inner, "Healthcheck"); health != nullptr && health->is_object())
        text += format("  health     {}\n", plain(dump_json(*health)));
    return text;
}

std::string image_text(const ShownImage& shown) {
    const ImageConfig& config = shown.image.config;
    std::string text = format("{}\n  manifest   {}\n", format_platform(shown.platform), shown.image.descriptor.digest.text());
    const auto line = [&](const char* name, const std::vector<std::string>& words) {
        if (!words.empty()) text += format("  {:<10} {}\n", name, join(words, " "));
    };
    text += annotation_lines("  ", shown.image.manifest.annotations);
    line("entrypoint", config.entrypoint);
    line("cmd", config.cmd);
    if (!config.user.empty()) text += format("  user       {}\n", config.user);
    if (!config.working_dir.empty()) text += format("  workdir    {}\n", config.working_dir);
    for (const std::string& entry : config.env) text += format("  env        {}\n", plain(entry));
    text += other_lines(config);
    for (const Descriptor& layer : shown.image.manifest.layers)
        text += format("  layer      {} {}\n", layer.digest.text(), format_bytes(layer.size));
    return text;
}

std::uint64_t size_of(const ShownImage& shown) {
    std::uint64_t bytes = shown.image.descriptor.size + shown.image.manifest.config.size;
    for (const Descriptor& layer : shown.image.manifest.layers) bytes += layer.size;
    return bytes;
}

// A line for each platform, and what several of them share.
std::string platform_table(const std::vector<ShownImage>& images) {
    if (images.size() < 2) return {};
    std::map<Digest, std::pair<std::size_t, std::uint64_t>> layers;  // how many have it, and its size
    std::size_t width = 8;
    for (const ShownImage& image : images) {
        width = std::max(width, format_platform(image.platform).size());
        std::set<Digest> own;
        for (const Descriptor& layer : image.image.manifest.layers)
            if (own.insert(layer.digest).second) layers[layer.digest] = {layers[layer.digest].first + 1, layer.size};
    }
    std::string text = format("{:<{}}  {:>9}  {:>6}  {:>6}\n", "platform", width, "size", "layers", "shared");
    for (const ShownImage& image : images) {
        const auto& own = image.image.manifest.layers;
        const auto shared = std::count_if(own.begin(), own.end(), [&](const Descriptor& layer) { return layers[layer.digest].first > 1; });
        text += format("{:<{}}  {:>9}  {:>6}  {:>6}\n", format_platform(image.platform), width, format_bytes(size_of(image)), own.size(),
                       shared);
    }
    std::size_t count = 0;
    std::uint64_t bytes = 0;
    for (const auto& [digest, layer] : layers) {
        if (layer.first < 2) continue;
        ++count;
        bytes += layer.second;
    }
    return text + format("{} layers are shared between platforms: {}\n\n", count, format_bytes(bytes));
}

Result<std::string> raw_document(runtime::ImageSource& source, const runtime::BlobStore& store) {
    MABPLAN_TRY(content, source.gather({}, store));
    return store.read(content.index.digest);
}

// Of `docker buildx imagetools inspect`: the index as it is, or what is known of a manifest, with digest and size.
Result<Json> manifest_field(runtime::ImageSource& source, const runtime::BlobStore& store, const std::vector<ShownImage>& images) {
    MABPLAN_TRY(content, source.gather({}, store));
    const Descriptor& root = content.index;
    Json field = Json::object();
    if (is_index_type(root.media_type)) {
        MABPLAN_TRY(bytes, store.read(root.digest));
        MABPLAN_TRY(document, parse_json(bytes, "the index"));
        field = std::move(document);
    } else if (!images.empty()) {
        field["platform"] = {{"architecture", images.front().platform.architecture}, {"os", images.front().platform.os}};
        if (!images.front().platform.variant.empty()) field["platform"]["variant"] = images.front().platform.variant;
    }
    field["mediaType"] = root.media_type;
    field["digest"] = root.digest.text();
    field["size"] = root.size;
    return field;
}

// As `docker image inspect` has them: names with tags, and with digests, without docker.io.
struct RepositoryNames {
    Json tags = Json::array();
    Json digests = Json::array();

    void add(const std::string& name, const std::string& digest) {
        const auto reference = parse_reference(name);
        if (!reference || Digest::parse(name)) return;  // an id, or a place that is no name
        if (!reference->tag.empty()) append(tags, familiar_reference({reference->domain, reference->repository, reference->tag, {}}));
        append(digests, format("{}@{}", familiar_reference({reference->domain, reference->repository, {}, {}}), digest));
    }

private:
    static void append(Json& list, std::string text) {
        if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
    }
};

// Its own name, and those that the store has for it.
Result<RepositoryNames> repository_names(ImageWorld& world, const ImageWorld::Found& found, const std::string& digest) {
    RepositoryNames names;
    if (found.location.kind != ImageLocation::Kind::Layout) names.add(found.location.address, digest);
    MABPLAN_TRY(stored, world.stored().records().images());
    for (const runtime::NamedImage& image : stored)
        if (image.root.digest.text() == digest) names.add(image.name, digest);
    return names;
}

// A template may ask for what this image has not set.
Json with_all_fields(Json config) {
    for (const char* text : {"User", "WorkingDir", "StopSignal"})
        if (!config.contains(text)) config[text] = "";
    for (const char* list : {"Env", "Cmd", "Entrypoint", "OnBuild", "Shell"})
        if (!config.contains(list)) config[list] = Json::array();
    for (const char* map : {"Labels", "ExposedPorts", "Volumes"})
        if (!config.contains(map)) config[map] = Json::object();
    if (!config.contains("Healthcheck")) config["Healthcheck"] = nullptr;
    return config;
}

// The fields of `docker image inspect` of the image for this host, or of the first, and those of `docker buildx imagetools inspect`.
Result<Json> template_data(ImageWorld& world, const ImageWorld::Found& found, const std::string& name,
                           const std::vector<ShownImage>& images) {
    MABPLAN_TRY(manifest, manifest_field(*found.source, world.store(), images));
    Json by_platform = Json::object();
    std::vector<Platform> platforms;
    for (const ShownImage& image : images) {
        by_platform[format_platform(image.platform)] = Json::parse(image.image.config.json);
        platforms.push_back(image.platform);
    }
    MABPLAN_TRY(names, repository_names(world, found, manifest["digest"].get<std::string>()));
    Json data{
        {"Name", name}, {"Manifest", std::move(manifest)}, {"RepoTags", std::move(names.tags)}, {"RepoDigests", std::move(names.digests)}};
    if (!images.empty()) {
        const ShownImage& own = images[choose_platform(runtime::host_platform(), platforms).value_or(0)];
        const Json config = Json::parse(own.image.config.json);
        data["Image"] = images.size() == 1 ? config : by_platform;
        data["Id"] = own.image.manifest.config.digest.text();
        data["Os"] = own.platform.os;
        data["Architecture"] = own.platform.architecture;
        data["Variant"] = own.platform.variant;
        data["Created"] = find_string(config, "created").value_or("");
        data["Author"] = find_string(config, "author").value_or("");
        data["Size"] = size_of(own);
        data["Config"] = with_all_fields(config.contains("config") && config["config"].is_object() ? config["config"] : Json::object());
        data["RootFS"] = {{"Type", "layers"}, {"Layers", config["rootfs"]["diff_ids"]}};
    }
    return data;
}

// What refers to it in its registry.
Result<std::vector<Descriptor>> find_referrers(ImageWorld& world, const ImageWorld::Found& found) {
    if (found.location.kind != ImageLocation::Kind::Registry)
        return fail(ErrorKind::Input, "--referrers: what refers to an image is known of registries alone",
                    "name it as docker://REF, or leave --referrers out");
    MABPLAN_TRY(content, world.gather(found, {}));
    MABPLAN_TRY(referrers, world.gather_referrers(found, content));
    std::vector<Descriptor> descriptors;
    for (const runtime::ImageContent& referrer : referrers) descriptors.push_back(referrer.index);
    return descriptors;
}

OrderedJson referrers_json(const std::vector<Descriptor>& referrers) {
    OrderedJson list = OrderedJson::array();
    for (const Descriptor& each : referrers)
        list.push_back({{"digest", each.digest.text()},
                        {"artifact_type", each.artifact_type},
                        {"size", each.size},
                        {"annotations", each.annotations}});
    return list;
}

std::string referrers_text(const std::vector<Descriptor>& referrers) {
    std::string text;
    for (const Descriptor& each : referrers) {
        text +=
            format("\nreferrer {}\n  type       {}\n", each.digest.text(), each.artifact_type.empty() ? "-" : plain(each.artifact_type));
        text += annotation_lines("  ", each.annotations);
    }
    return text;
}

Status check_flags(const ImageInspectOptions& options) {
    if (options.referrers && (options.raw || !options.format.empty()))
        return input_error("--referrers goes with neither --raw nor --format: they show the image itself");
    if (options.raw && !options.format.empty()) return input_error("--raw and --format exclude each other");
    if (options.raw && !options.platform.empty())
        return input_error("--raw shows what a name stands for, of all platforms: leave --platform out");
    if (options.raw && options.images.size() > 1) return input_error("--raw shows the bytes of one image");
    return {};
}

Result<std::string> inspect(ImageWorld& world, const std::string& name, const ImageInspectOptions& options) {
    MABPLAN_TRY(found, world.find(name));
    runtime::ImageSource& source = *found.source;
    if (options.raw) return raw_document(source, world.store());
    MABPLAN_TRY(listing, source.list());
    MABPLAN_TRY(shown, resolve_all(source, listing, options.platform));
    if (!options.format.empty()) {
        MABPLAN_TRY(data, template_data(world, found, name, shown));
        MABPLAN_TRY(filled, fill_template(options.format, data));
        return filled + "\n";
    }
    MABPLAN_TRY(referrers, options.referrers ? find_referrers(world, found) : Result<std::vector<Descriptor>>({}));
    if (options.common.json) {
        OrderedJson list = OrderedJson::array();
        for (const ShownImage& image : shown) list.push_back(image_json(image));
        OrderedJson out{{"schema", "mabplan-image-1"},
                        {"index", listing.index.empty() ? OrderedJson() : OrderedJson(listing.index.text())},
                        {"annotations", listing.annotations},
                        {"images", std::move(list)}};
        if (options.referrers) out["referrers"] = referrers_json(referrers);
        return dump_json_pretty(out);
    }
    std::string text = options.images.size() > 1 ? format("image {}\n", plain(name)) : "";
    if (!listing.index.empty()) text += format("index {}\n", listing.index.text());
    text += annotation_lines("", listing.annotations) + platform_table(shown);
    for (const ShownImage& image : shown) text += image_text(image);
    return text + referrers_text(referrers);
}

Status inspect_all(const ImageInspectOptions& options) {
    MABPLAN_CHECK(check_flags(options));
    MABPLAN_TRY(world, ImageWorld::open(options.common, options.network));
    Status first;  // what fails keeps nobody from what stands behind it
    for (std::size_t i = 0; i < options.images.size(); ++i) {
        const auto text = inspect(*world, options.images[i], options);
        if (!text) {
            if (!first) report(text.error());
            else first = fail(text.error());
            if (text.error().kind == ErrorKind::Interrupted) return first;
            continue;
        }
        const bool parts = i > 0 && options.format.empty() && !options.common.json;
        std::fputs(parts ? "\n" : "", stdout);
        std::fwrite(text->data(), 1, text->size(), stdout);
    }
    return first;
}

}  // namespace

int image_inspect_verb(const ImageInspectOptions& options) { return report(inspect_all(options)); }

}  // namespace mabplan::tools
