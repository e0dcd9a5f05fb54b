#include "tools/mabplan/flag_matrix.h"

#include "compiler/matrix/read_matrix.h"
#include "compiler/matrix/units.h"
#include "compiler/sources/remote_file.h"
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/model/output.h"
#include "plans/oci/known_platform.h"
#include "tools/mabplan/command_words.h"
#include "tools/mabplan/foreign_flags.h"
#include "tools/mabplan/process.h"

#include <algorithm>
#include <filesystem>

namespace mabplan::tools {

namespace {

constexpr const char* kInput = "-";

// "NAME=value"; a lone NAME takes the environment's value and is left out where there is none.
std::optional<compiler::Setting> setting_of(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) return compiler::Setting{text.substr(0, equals), text.substr(equals + 1), {}};
    const auto value = ProcessEnvironment().get(text);
    if (!value) return std::nullopt;
    return compiler::Setting{text, *value, {}};
}

Result<compiler::Settings> arguments_of(const std::vector<std::string>& texts) {
    compiler::Settings settings;
    for (const std::string& text : texts) {
        if (text.empty() || text.starts_with('='))
            return input_error(format("--build-arg {}: it has no name, expected NAME=value or NAME", quoted(text)));
        if (auto setting = setting_of(text)) settings.push_back(std::move(*setting));
    }
    return settings;
}

// "NAME" alone is an empty value, as docker has it.
Result<compiler::Settings> labels_of(const std::vector<std::string>& texts) {
    compiler::Settings settings;
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        if (text.empty() || equals == 0)
            return input_error(format("--label {}: it has no name, expected NAME=value or NAME", quoted(text)));
        settings.push_back({text.substr(0, equals), equals == std::string::npos ? std::string{} : text.substr(equals + 1), {}});
    }
    return settings;
}

Result<compiler::Settings> pairs_of(const std::vector<std::string>& texts, std::string_view flag) {
    compiler::Settings settings;
    for (const std::string& text : texts) {
        if (text.find('=') == std::string::npos || text.starts_with('='))
            return input_error(format("{} {}: expected NAME=value", flag, quoted(text)));
        settings.push_back(*setting_of(text));
    }
    return settings;
}

Result<std::vector<compiler::NamedContext>> contexts_of(const std::vector<std::string>& texts) {
    std::vector<compiler::NamedContext> contexts;
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0) return input_error(format("--build-context {}: expected NAME=WHERE", quoted(text)));
        if (auto named = compiler::check_context_name(text.substr(0, equals)); !named)
            return pass(std::move(named).error(), format("reading --build-context {}", quoted(text)));
        MABPLAN_TRY(source, compiler::parse_context_location(text.substr(equals + 1)));
        contexts.push_back({text.substr(0, equals), std::move(source), {}});
    }
    return contexts;
}

Result<compiler::NetworkMode> network_of(const std::string& text) {
    if (text.empty() || text == "default") return compiler::NetworkMode::Default;
    if (text == "none") return compiler::NetworkMode::None;
    if (text == "host") return compiler::NetworkMode::Host;
    return fail(ErrorKind::Input, format("--network {}: expected default, none or host", quoted(text)), foreign_network_hint(text));
}

Result<compiler::ContextLocation> context_of(const BuildOptions& options, const StandardInput& input) {
    if (options.context != kInput) return compiler::parse_context_location(options.context);
    if (options.file == kInput) return input_error("the standard input can't be the Dockerfile and the build context");
    if (!input.archive.empty()) return compiler::ContextLocation{compiler::ContextKind::StandardInput, kInput};
    if (!options.file.empty()) return input_error("-f names a Dockerfile, and another one came on the standard input");
    return compiler::ContextLocation{compiler::ContextKind::Nothing, {}};
}

// In a remote context a relative path is one of its files; everywhere else paths are relative to the current folder. A URL is one.
std::string dockerfile_of(const BuildOptions& options, const compiler::ContextLocation& context) {
    if (context.kind != compiler::ContextKind::Directory || compiler::is_http_source(options.file)) return options.file;
    std::string path = absolute_path(options.file);
    // an absolute name would differ from folder to folder: below here it is written relative to here
    const std::string here = absolute_path(".");
    if (path.starts_with(here == "/" ? here : here + "/"))
        path = std::filesystem::path(path).lexically_relative(absolute_path(options.context)).string();
    return path;
}

Result<compiler::Build> build_of(const BuildOptions& options, const StandardInput& input) {
    compiler::Build build;
    MABPLAN_TRY(location, context_of(options, input));
    build.context = std::move(location);
    if (options.file == kInput || build.context.kind == compiler::ContextKind::Nothing) {
        build.dockerfile_inline = input.text;
        build.dockerfile = "standard input";
    } else if (!options.file.empty()) build.dockerfile = dockerfile_of(options, build.context);
    const bool may_be_of_context =
        build.context.kind == compiler::ContextKind::Directory && !options.file.empty() && !options.file.starts_with('/');
    if (may_be_of_context && !clean_path(options.file).starts_with("..") && !build.dockerfile_inline)
        build.dockerfile_in_context = clean_path(options.file);
    build.stage = options.target;
    MABPLAN_TRY(arguments, arguments_of(options.build_args));
    build.args = std::move(arguments);
    MABPLAN_TRY(contexts, contexts_of(options.build_contexts));
    build.additional_contexts = std::move(contexts);
    MABPLAN_TRY(labels, labels_of(options.labels));
    build.labels = std::move(labels);
    MABPLAN_TRY(annotations, pairs_of(options.annotations, "--annotation"));
    for (compiler::Setting& setting : annotations) {
        MABPLAN_TRY(annotation, compiler::parse_annotation(setting.name, std::move(setting.value)));
        build.annotations.push_back(std::move(annotation));
    }
    MABPLAN_TRY(network, network_of(options.network_mode));
    build.network = network;
    MABPLAN_TRY(hosts, parse_extra_hosts(options.extra_hosts));
    for (ExtraHost& host : hosts) build.extra_hosts.push_back({std::move(host.name), std::move(host.address), {}});
    MABPLAN_TRY(limits, parse_ulimits(options.ulimits));
    for (Ulimit& limit : limits) build.ulimits.push_back({std::move(limit.name), limit.soft, limit.hard, {}});
    if (!options.shm_size.empty()) {
        build.shm_size = compiler::parse_size(options.shm_size, compiler::SizeUnits::Binary);
        if (!build.shm_size) return input_error(format("--shm-size {}: expected a size like 64m", quoted(options.shm_size)));
    }
    build.no_cache = options.no_cache;
    return build;
}

// --push and --load are outputs more; an image that is asked for anyway is pushed (buildx).
void add_pushed_and_loaded(const BuildOptions& options, std::vector<compiler::OutputSpec>& outputs) {
    bool pushed = false;
    for (compiler::OutputSpec& output : outputs) {
        if (!options.push || (output.type != ImageOutput::kType && output.type != "registry")) continue;
        output.attrs["push"] = "true";
        pushed = true;
    }
    if (options.push && !pushed) outputs.push_back({"registry", {}, {}});
    if (options.load) outputs.push_back({std::string(DockerOutput::kType), {}, {}});
}

}  // namespace

std::string absolute_path(const std::string& path) {
    std::error_code ignored;
    return clean_path(std::filesystem::absolute(path, ignored).string());
}

Result<std::vector<Platform>> parse_platforms(const std::vector<std::string>& texts, const Platform& host) {
    std::vector<Platform> platforms;
    for (const std::string& text : texts) {
        const bool is_here = equal_ignoring_case(trim(text), "local");
        auto platform = is_here ? Result<Platform>(normalize_platform(host)) : parse_known_platform(trim(text), host);
        if (!platform) return pass(std::move(platform).error(), "reading --platform");
        if (std::find(platforms.begin(), platforms.end(), *platform) == platforms.end()) platforms.push_back(*platform);
    }
    return platforms;
}

bool reads_standard_input(const BuildOptions& options) { return options.context == kInput || options.file == kInput; }

Result<compiler::Matrix> matrix_of_flags(const BuildOptions& options, const StandardInput& input, const Platform& host) {
    compiler::Matrix matrix;
    matrix.reproducible.enabled = options.reproducible != "off";
    compiler::Target target;
    target.name = target.declared_name = "default";
    target.names = options.tags;
    for (const std::string& text : options.outputs) {
        MABPLAN_TRY(output, compiler::parse_output_spec(text));
        target.outputs.push_back(std::move(output));
    }
    add_pushed_and_loaded(options, target.outputs);
    // what has a name is kept under it
    const bool is_named = !options.tags.empty();
    if (target.outputs.empty()) target.outputs.push_back({std::string(is_named ? ImageOutput::kType : CacheOnlyOutput::kType), {}, {}});
    MABPLAN_TRY(platforms, parse_platforms(options.platforms, host));
    const auto source = platforms.empty() ? compiler::PlatformSource::LastStage : compiler::PlatformSource::Asked;
    if (platforms.empty()) platforms.push_back(normalize_platform(host));
    MABPLAN_TRY(build, build_of(options, input));
    for (const Platform& platform : platforms) {
        compiler::Cell cell;
        cell.platform = platform;
        cell.platform_source = source;
        cell.build = build;
        target.cells.push_back(std::move(cell));
    }
    matrix.targets.push_back(std::move(target));
    return matrix;
}

}  // namespace mabplan::tools
