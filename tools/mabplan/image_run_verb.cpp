// image run.
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/run_image.h"
#include "runtime/sandbox/emulator.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/flag_matrix.h"
#include "tools/mabplan/foreign_flags.h"
#include "tools/mabplan/host_terminal.h"
#include "tools/mabplan/image_address.h"
#include "tools/mabplan/image_world.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/verbs.h"

#include <unistd.h>

#include <cstdio>
#include <optional>
#include <set>

namespace mabplan::tools {

namespace {

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
    if (options.terminal && options.interactive && ::isatty(STDIN_FILENO) == 0)
        return fail(ErrorKind::Input, "-it: standard input is no terminal",
                    "-i alone passes it on, -t alone gives a terminal that nobody types at");
    if (options.interactive) settings.input = runtime::ImageRunSettings::Input::Given;
    MABPLAN_TRY(mounts, mounts_of(options.volumes));
    settings.mounts = std::move(mounts);
    for (const std::string& entry : options.env) {
        if (entry.empty() || entry.front() == '=') return input_error(format("--env {}: expected NAME=value or NAME", quoted(entry)));
        // as docker has it: a name alone is the variable of this process, if there is one
        if (entry.find('=') != std::string::npos) settings.env.push_back(entry);
        else if (const auto own = ProcessEnvironment().get(entry)) settings.env.push_back(format("{}={}", entry, *own));
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
    if (const std::set<std::string> known{"", "always", "newer", "missing", "never"}; !known.contains(options.pull))
        return input_error(format("--pull {}: expected always, missing or never", quoted(options.pull)));
    NetworkOptions network = options.network;
    if (options.pull == "never") network.offline = true;
    MABPLAN_TRY(world, ImageWorld::open(options.common, network));
    MABPLAN_TRY(settings, settings_of(options));
    settings.stop_fd = world->stop().fd();
    std::optional<HostTerminal> terminal;
    if (options.terminal) {
        settings.open_terminal = [&] { return terminal.emplace(options.interactive ? Typing::Passed : Typing::Kept).ends(); };
    }
    const Platform host = runtime::host_platform();
    Platform platform = host;
    if (!options.platform.empty()) {
        MABPLAN_TRY(parsed, parse_platforms({options.platform}, host));
        platform = parsed.front();
    }
    const bool asks_registry = options.pull == "always" || options.pull == "newer";
    MABPLAN_TRY(address, parse_image_address(options.image));
    const bool is_bare = address.kind == ImageAddress::Kind::Bare && parse_reference(address.text);
    MABPLAN_TRY(found, world->find(asks_registry && is_bare ? "docker://" + options.image : options.image));
    MABPLAN_TRY(resolved, found.source->resolve(platform));
    compiler::BaseImage base = base_image(std::move(resolved), std::move(found.location));
    const bool foreign = base.platform.architecture != host.architecture;
    MABPLAN_TRY(code, runtime::run_image({base.platform, std::move(base.config), std::move(base.layers), std::move(base.location)},
                                         settings, world->stored(), world->images()));
    terminal.reset();  // as it was: what follows is ours
    if (foreign && code == kIllegalInstruction)
        std::fputs("mabplan: if the emulated CPU lacked an instruction, `-e QEMU_CPU=max` gives it all that QEMU has\n", stderr);
    return code;
}

}  // namespace

int image_run_verb(const ImageRunOptions& options) {
    const auto code = run_named(options);
    return code ? *code : report(code.error());
}

}  // namespace mabplan::tools
