// image inspect, image run.
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "runtime/run_image.h"
#include "runtime/sandbox/emulator.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/flag_matrix.h"
#include "tools/mabplan/foreign_flags.h"
#include "tools/mabplan/image_access.h"
#include "tools/mabplan/interrupts.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/verbs.h"

#include <cstdio>

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

Result<runtime::ImageRunSettings> settings_of(const ImageRunOptions& options) {
    runtime::ImageRunSettings settings;
    if (options.has_entrypoint)
        settings.entrypoint = options.entrypoint.empty() ? std::vector<std::string>{} : std::vector<std::string>{options.entrypoint};
    settings.command = options.command;
    settings.user = options.user;
    for (const std::string& entry : options.env) {
        if (entry.find('=') == std::string::npos) return input_error(format("--env {}: expected NAME=value", quoted(entry)));
        settings.env.push_back(entry);
    }
    if (options.network_mode == "none") settings.network = Network::None;
    else if (options.network_mode == "host") settings.network = Network::Host;
    else if (!options.network_mode.empty() && options.network_mode != "default")
        return fail(ErrorKind::Input, format("--network {}: expected default, none or host", quoted(options.network_mode)),
                    foreign_network_hint(options.network_mode));
    settings.emulator_folders = program_folders();
    settings.resolv_conf = resolv_conf();
    const auto given = [](const std::vector<std::string>& list) { return list.empty() ? std::nullopt : std::optional(list); };
    settings.dns = {given(options.dns), given(options.dns_search), given(options.dns_options)};
    return settings;
}

constexpr int kIllegalInstruction = 128 + 4;  // how a program ends that meets one

Result<int> run_named(const ImageRunOptions& options, runtime::Store& store, const runtime::Stop& stop) {
    MABPLAN_TRY(settings, settings_of(options));
    settings.stop_fd = stop.fd();
    const Platform host = runtime::host_platform();
    Platform platform = host;
    if (!options.platform.empty()) {
        MABPLAN_TRY(parsed, parse_platforms({options.platform}, host));
        platform = parsed.front();
    }
    Registries registries({absolute_path("."), {}, options.network.insecure, options.network.offline, &stop});
    ImageAccess images({absolute_path("."), true}, store, registries);
    MABPLAN_TRY(location, images.locate(options.image));
    MABPLAN_TRY(source, images.open_named(options.image));
    MABPLAN_TRY(resolved, source->resolve(platform));
    compiler::BaseImage base = base_image(std::move(resolved), std::move(location));
    const bool foreign = base.platform.architecture != host.architecture;
    MABPLAN_TRY(code, runtime::run_image({base.platform, std::move(base.config), std::move(base.layers), std::move(base.location)},
                                         settings, store, images));
    if (foreign && code == kIllegalInstruction)
        std::fputs("mabplan: if the emulated CPU lacked an instruction, `-e QEMU_CPU=max` gives it all that QEMU has\n", stderr);
    return code;
}

}  // namespace

int image_inspect_verb(const ImageInspectOptions& options) {
    if (auto moved = change_directory(options.common.directory); !moved) return report(moved.error());
    const auto store = open_store(options.common);
    if (!store) return report(store.error());
    Interrupts interrupts;
    Registries registries({absolute_path("."), {}, options.network.insecure, options.network.offline, &interrupts.stop()});
    ImageAccess images({absolute_path("."), true}, **store, registries);
    const auto source = images.open_named(options.image);
    if (!source) return report(source.error());
    const auto listing = (*source)->list();
    if (!listing) return report(listing.error());
    const auto shown = resolve_all(**source, *listing);
    if (!shown) return report(shown.error());
    OrderedJson list = OrderedJson::array();
    std::string text = listing->index.empty() ? "" : format("index {}\n", listing->index.text());
    text += annotation_lines("", listing->annotations);
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
    if (auto moved = change_directory(options.common.directory); !moved) return report(moved.error());
    const auto store = open_store(options.common);
    if (!store) return report(store.error());
    Interrupts interrupts;
    const auto code = run_named(options, **store, interrupts.stop());
    return code ? *code : report(code.error());
}

}  // namespace mabplan::tools
