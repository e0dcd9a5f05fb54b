// image inspect, image run.
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "runtime/run_image.h"
#include "runtime/sandbox/emulator.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/fill_template.h"
#include "tools/mabplan/flag_matrix.h"
#include "tools/mabplan/foreign_flags.h"
#include "tools/mabplan/image_world.h"
#include "tools/mabplan/process.h"
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

Result<std::vector<ShownImage>> resolve_all(runtime::ImageSource& source, const runtime::ImageListing& listing) {
    std::vector<ShownImage> out;
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

std::string annotation_lines(std::string_view margin, const std::map<std::string, std::string>& annotations) {
    std::string text;
    for (const auto& [key, value] : annotations) text += format("{}annotation {}={}\n", margin, key, value);
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
    for (const std::string& entry : config.env) text += format("  env        {}\n", entry);
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

// The fields of `docker image inspect` of the image for this host, or of the first, and those of `docker buildx imagetools inspect`.
Json template_data(const std::string& name, const runtime::ImageListing& listing, const std::vector<ShownImage>& images) {
    Json manifests = Json::array(), by_platform = Json::object();
    std::vector<Platform> platforms;
    for (const ShownImage& image : images) {
        const Descriptor& manifest = image.image.descriptor;
        manifests.push_back({{"Digest", manifest.digest.text()},
                             {"Size", manifest.size},
                             {"MediaType", manifest.media_type},
                             {"Platform", format_platform(image.platform)}});
        by_platform[format_platform(image.platform)] = Json::parse(image.image.config.json);
        platforms.push_back(image.platform);
    }
    Json data{{"Name", name}, {"Manifest", {{"Manifests", manifests}}}};
    if (!images.empty()) {
        const ShownImage& own = images[choose_platform(runtime::host_platform(), platforms).value_or(0)];
        const Json config = Json::parse(own.image.config.json);
        const Descriptor& manifest = own.image.descriptor;
        const bool is_index = !listing.index.empty();
        data["Manifest"]["Digest"] = is_index ? listing.index.text() : manifest.digest.text();
        data["Manifest"]["MediaType"] = is_index ? std::string(media_type::kIndex) : manifest.media_type;
        data["Image"] = images.size() == 1 ? config : by_platform;
        data["Id"] = own.image.manifest.config.digest.text();
        data["RepoDigests"] = Json::array({format("{}@{}", name, data["Manifest"]["Digest"].get<std::string>())});
        data["Os"] = own.platform.os;
        data["Architecture"] = own.platform.architecture;
        data["Variant"] = own.platform.variant;
        data["Created"] = config.value("created", "");
        data["Author"] = config.value("author", "");
        data["Size"] = size_of(own);
        data["Config"] = config.contains("config") ? config["config"] : Json::object();
        data["RootFS"] = {{"Type", "layers"}, {"Layers", config["rootfs"]["diff_ids"]}};
    }
    return data;
}

// "FOLDER:PATH", "FOLDER:PATH:ro", as docker run has them; a volume without a folder of the host has nothing to keep it in.
Result<std::vector<runtime::StepMount>> mounts_of(const std::vector<std::string>& volumes) {
    std::vector<runtime::StepMount> mounts;
    for (const std::string& text : volumes) {
        const auto parts = split(text, ':');
        const auto refuse = [&](std::string_view why, std::string hint) {
            return fail(ErrorKind::Input, format("-v {}: {}", quoted(text), why), std::move(hint));
        };
        if (parts.size() < 2 || parts.size() > 3) return refuse("expected FOLDER:PATH or FOLDER:PATH:ro", {});
        const std::string host(parts[0]), inside(parts[1]);
        const bool is_path = host.starts_with('/') || host.starts_with('.') || host.starts_with('~');
        if (!is_path) return refuse("volumes have no names here", format("name a folder of this host: -v ./{}:{}", host, inside));
        if (!inside.starts_with('/')) return refuse("the path in the image is not absolute", {});
        runtime::MountAccess access = runtime::MountAccess::Writable;
        if (parts.size() == 3) {
            for (const std::string_view option : split(parts[2], ',')) {
                if (option == "ro") access = runtime::MountAccess::ReadOnly;
                else if (option != "rw" && option != "z" && option != "Z")
                    return refuse(format("the option {} is not known", quoted(option)), "expected ro or rw");
            }
        }
        const std::string path = absolute_path(host);
        if (!runtime::path_exists(path)) return refuse(format("there is no {}", quoted(path)), {});
        mounts.push_back({clean_path(inside), runtime::HostMount{path}, access});
    }
    return mounts;
}

// A port can be reached from this host where the command has its network. A port that is another outside cannot be had so.
Status publish(const ImageRunOptions& options, runtime::ImageRunSettings& settings) {
    for (const std::string& text : options.ports) {
        const auto parts = split(std::string_view(text).substr(0, text.find('/')), ':');
        if (parts.size() > 1 && parts[parts.size() - 2] != parts.back())
            return fail(ErrorKind::Input,
                        format("-p {}: the command has the ports of this host, and {} is not {}", quoted(text), parts[parts.size() - 2],
                               parts.back()),
                        format("-p {0}:{0}, or have the server listen at {1}", parts.back(), parts[parts.size() - 2]));
    }
    if (options.network_mode == "none") return input_error("-p and --network none exclude each other");
    if (settings.network != Network::Host) std::fputs("-p: the command gets the network of this host\n", stderr);
    settings.network = Network::Host;
    return {};
}

Result<runtime::ImageRunSettings> settings_of(const ImageRunOptions& options) {
    runtime::ImageRunSettings settings;
    if (options.has_entrypoint)
        settings.entrypoint = options.entrypoint.empty() ? std::vector<std::string>{} : std::vector<std::string>{options.entrypoint};
    settings.command = options.command;
    settings.user = options.user;
    settings.working_dir = options.working_dir;
    MABPLAN_TRY(mounts, mounts_of(options.volumes));
    settings.mounts = std::move(mounts);
    for (const std::string& entry : options.env) {
        if (entry.find('=') == std::string::npos) return input_error(format("--env {}: expected NAME=value", quoted(entry)));
        settings.env.push_back(entry);
    }
    if (options.network_mode == "none") settings.network = Network::None;
    else if (options.network_mode == "host") settings.network = Network::Host;
    else if (!options.network_mode.empty() && options.network_mode != "default")
        return fail(ErrorKind::Input, format("--network {}: expected default, none or host", quoted(options.network_mode)),
                    foreign_network_hint(options.network_mode));
    if (!options.ports.empty()) MABPLAN_CHECK(publish(options, settings));
    settings.emulator_folders = program_folders();
    settings.resolv_conf = resolv_conf();
    const auto given = [](const std::vector<std::string>& list) { return list.empty() ? std::nullopt : std::optional(list); };
    settings.dns = {given(options.dns), given(options.dns_search), given(options.dns_options)};
    return settings;
}

constexpr int kIllegalInstruction = 128 + 4;  // how a program ends that meets one

Result<int> run_named(const ImageRunOptions& options) {
    MABPLAN_TRY(world, ImageWorld::open(options.common, options.network));
    MABPLAN_TRY(settings, settings_of(options));
    settings.stop_fd = world->stop().fd();
    const Platform host = runtime::host_platform();
    Platform platform = host;
    if (!options.platform.empty()) {
        MABPLAN_TRY(parsed, parse_platforms({options.platform}, host));
        platform = parsed.front();
    }
    MABPLAN_TRY(found, world->find(options.image));
    MABPLAN_TRY(resolved, found.source->resolve(platform));
    compiler::BaseImage base = base_image(std::move(resolved), std::move(found.location));
    const bool foreign = base.platform.architecture != host.architecture;
    MABPLAN_TRY(code, runtime::run_image({base.platform, std::move(base.config), std::move(base.layers), std::move(base.location)},
                                         settings, world->stored(), world->images()));
    if (foreign && code == kIllegalInstruction)
        std::fputs("mabplan: if the emulated CPU lacked an instruction, `-e QEMU_CPU=max` gives it all that QEMU has\n", stderr);
    return code;
}

}  // namespace

int image_inspect_verb(const ImageInspectOptions& options) {
    const auto world = ImageWorld::open(options.common, options.network);
    if (!world) return report(world.error());
    const auto found = (*world)->find(options.image);
    if (!found) return report(found.error());
    runtime::ImageSource& source = *found->source;
    const auto listing = source.list();
    if (!listing) return report(listing.error());
    const auto shown = resolve_all(source, *listing);
    if (!shown) return report(shown.error());
    if (options.raw || !options.format.empty()) {
        const auto answer = options.raw ? raw_document(source, (*world)->store())
                                        : fill_template(options.format, template_data(options.image, *listing, *shown));
        if (!answer) return report(answer.error());
        std::fwrite(answer->data(), 1, answer->size(), stdout);
        if (!options.raw) std::fputs("\n", stdout);
        return 0;
    }
    OrderedJson list = OrderedJson::array();
    std::string text = listing->index.empty() ? "" : format("index {}\n", listing->index.text());
    text += annotation_lines("", listing->annotations) + platform_table(*shown);
    for (const ShownImage& image : *shown) {
        list.push_back(image_json(image));
        text += image_text(image);
    }
    if (options.common.json)
        text = dump_json_pretty(OrderedJson{{"schema", "mabplan-image-1"},
                                            {"index", listing->index.empty() ? OrderedJson() : OrderedJson(listing->index.text())},
                                            {"annotations", listing->annotations},
                                            {"images", std::move(list)}});
    std::fputs(text.c_str(), stdout);
    return 0;
}

int image_run_verb(const ImageRunOptions& options) {
    const auto code = run_named(options);
    return code ? *code : report(code.error());
}

}  // namespace mabplan::tools
