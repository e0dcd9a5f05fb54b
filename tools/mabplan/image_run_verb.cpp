// image run.
#include "plans/base/format.h"
#include "runtime/sandbox/emulator.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/flag_matrix.h"
#include "tools/mabplan/host_terminal.h"
#include "tools/mabplan/image_address.h"
#include "tools/mabplan/image_run_settings.h"
#include "tools/mabplan/image_world.h"
#include "tools/mabplan/verbs.h"

#include <cstdio>
#include <optional>
#include <set>

namespace mabplan::tools {

namespace {

constexpr int kIllegalInstruction = 128 + 4;  // how a program ends that meets one
constexpr int kNotStarted = 125;              // as docker run has it

Result<int> run_named(const ImageRunOptions& options) {
    if (const std::set<std::string> known{"", "always", "newer", "missing", "never"}; !known.contains(options.pull))
        return input_error(format("--pull {}: expected always, missing or never", quoted(options.pull)));
    NetworkOptions network = options.network;
    if (options.pull == "never") network.offline = true;
    MABPLAN_TRY(world, ImageWorld::open(options.common, network));
    MABPLAN_TRY(settings, image_run_settings(options));
    settings.stop = world->stop();
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
    if (code) return *code;
    const int reported = report(code.error());
    return code.error().kind == ErrorKind::Step ? kNotStarted : reported;  // 1 would be the command's own
}

}  // namespace mabplan::tools
