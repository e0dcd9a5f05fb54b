#include "tools/mabplan/image_run_settings.h"

#include "compiler/matrix/units.h"
#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "plans/model/host_gateway.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/command_words.h"
#include "tools/mabplan/flag_matrix.h"
#include "tools/mabplan/foreign_flags.h"
#include "tools/mabplan/process.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace mabplan::tools {

namespace {

using Mounts = std::vector<runtime::StepMount>;

constexpr std::string_view kSharedMemory = "/dev/shm";

// One flag that asks for a mount.
class MountFlag {
public:
    MountFlag(std::string_view flag, std::string text) : flag_(flag), text_(std::move(text)) {}

    // -v FOLDER:PATH[:OPTIONS].
    Result<runtime::StepMount> volume() const {
        const auto parts = split(text_, ':');
        if (parts.size() < 2 || parts.size() > 3) return refuse("expected FOLDER:PATH or FOLDER:PATH:ro");
        runtime::MountAccess access = runtime::MountAccess::Writable;
        if (parts.size() == 3) {
            for (const std::string_view option : split(parts[2], ',')) {
                if (option == "ro") access = runtime::MountAccess::ReadOnly;
                else if (option != "rw" && option != "z" && option != "Z")
                    return refuse(format("the option {} is not known", quoted(option)), "expected ro or rw");
            }
        }
        return of_host(std::string(parts[0]), std::string(parts[1]), access);
    }

    // --tmpfs PATH[:OPTIONS].
    Result<runtime::StepMount> memory() const {
        const std::size_t colon = text_.find(':');
        runtime::MemoryMount memory;
        if (colon != std::string::npos)
            for (const std::string_view option : split(std::string_view(text_).substr(colon + 1), ','))
                MABPLAN_CHECK(take_memory_option(option, memory));
        return at(text_.substr(0, colon), memory, runtime::MountAccess::Writable);
    }

    // --mount type=bind,source=FOLDER,target=PATH[,readonly].
    Result<runtime::StepMount> long_form() const {
        std::string type = "volume", source, target;
        runtime::MountAccess access = runtime::MountAccess::Writable;
        runtime::MemoryMount memory;
        for (const std::string_view field : split(text_, ',')) {
            const std::size_t equals = field.find('=');
            const std::string key = to_lower(trim(field.substr(0, equals)));
            const std::string value(equals == std::string_view::npos ? "true" : field.substr(equals + 1));
            if (key == "type") type = value;
            else if (key == "source" || key == "src") source = value;
            else if (key == "target" || key == "dst" || key == "destination") target = value;
            else if (key == "readonly" || key == "ro")
                access = value == "false" || value == "0" ? runtime::MountAccess::Writable : runtime::MountAccess::ReadOnly;
            else if (key == "tmpfs-size") MABPLAN_CHECK(take_memory_option("size=" + value, memory));
            else if (key == "tmpfs-mode") MABPLAN_CHECK(take_memory_option("mode=" + value, memory));
            else
                return refuse(
                    format("the option {} is not known", quoted(key)),
                    suggestion(key, std::vector<std::string>{"type", "source", "target", "readonly", "tmpfs-size", "tmpfs-mode"}));
        }
        if (type == "tmpfs") return at(target, memory, access);
        if (type == "bind") return of_host(source, target, access);
        return refuse(format("type={} is not mounted", type), "type=bind,source=FOLDER,target=PATH or type=tmpfs,target=PATH");
    }

private:
    // A volume without a folder of the host has nothing to keep it in.
    Result<runtime::StepMount> of_host(const std::string& host, const std::string& inside, runtime::MountAccess access) const {
        const bool is_path = host.starts_with('/') || host.starts_with('.') || host.starts_with('~');
        if (!is_path) return refuse("volumes have no names here", format("name a folder of this host: -v ./{}:{}", host, inside));
        const std::string path = absolute_path(host);
        if (!runtime::path_exists(path)) return refuse(format("there is no {}", quoted(path)));
        return at(inside, runtime::HostMount{path}, access);
    }

    template <class What>
    Result<runtime::StepMount> at(const std::string& inside, What what, runtime::MountAccess access) const {
        if (!inside.starts_with('/')) return refuse("the path in the image is not absolute");
        return runtime::StepMount{clean_path(inside), std::move(what), access};
    }

    Status take_memory_option(std::string_view option, runtime::MemoryMount& memory) const {
        // what it is anyway
        constexpr std::array<std::string_view, 4> kTaken{"rw", "exec", "nosuid", "nodev"};
        if (option == "noexec") {
            memory.executable = false;
            return {};
        }
        if (option.starts_with("mode=")) {
            std::uint32_t mode = 0;
            const std::string_view digits = option.substr(5);
            const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), mode, 8);
            if (wrong != std::errc() || end != digits.data() + digits.size() || mode > 07777U) return refuse("expected a mode like 1777");
            memory.mode = mode;
            return {};
        }
        if (option.starts_with("size=")) {
            memory.size = compiler::parse_size(option.substr(5), compiler::SizeUnits::Binary);
            if (!memory.size) return refuse("expected a size like 64m");
            return {};
        }
        if (std::find(kTaken.begin(), kTaken.end(), option) != kTaken.end()) return {};
        return refuse(format("the option {} is not known", quoted(option)),
                      "known are size=64m, mode=1777, noexec, exec, rw, nosuid, nodev");
    }

    Failure refuse(std::string_view why, std::string hint = {}) const {
        return fail(ErrorKind::Input, format("{} {}: {}", flag_, quoted(text_), why), std::move(hint));
    }

    std::string_view flag_;
    std::string text_;
};

Result<Mounts> mounts_of(const ImageRunOptions& options) {
    Mounts mounts;
    const auto add = [&](Result<runtime::StepMount> mount) -> Status {
        MABPLAN_TRY(good, std::move(mount));
        mounts.push_back(std::move(good));
        return {};
    };
    for (const std::string& text : options.volumes) MABPLAN_CHECK(add(MountFlag("-v", text).volume()));
    for (const std::string& text : options.mounts) MABPLAN_CHECK(add(MountFlag("--mount", text).long_form()));
    for (const std::string& text : options.memory_folders) MABPLAN_CHECK(add(MountFlag("--tmpfs", text).memory()));
    if (!options.shm_size.empty()) {
        const auto size = compiler::parse_size(options.shm_size, compiler::SizeUnits::Binary);
        if (!size) return input_error(format("--shm-size {}: expected a size like 64m", quoted(options.shm_size)));
        mounts.push_back({std::string(kSharedMemory), runtime::MemoryMount{size}, runtime::MountAccess::Writable});
    }
    return mounts;
}

// A name alone is the variable of this process; nothing: it has none.
std::optional<std::string> variable_of(const std::string& entry) {
    if (entry.find('=') != std::string::npos) return entry;
    const auto own = ProcessEnvironment().get(entry);
    return own ? std::optional(format("{}={}", entry, *own)) : std::nullopt;
}

// What a flag says goes before what a file says. As docker has it, a flag with the name of a variable that is not set takes that of the
// image away; a line of a file does not.
Status set_variables(const ImageRunOptions& options, runtime::ImageRunSettings& settings) {
    for (const std::string& path : options.env_files) {
        MABPLAN_TRY(lines, read_env_file(path));
        settings.env.insert(settings.env.end(), lines.begin(), lines.end());
    }
    for (const std::string& entry : options.env) {
        if (entry.empty() || entry.front() == '=') return input_error(format("--env {}: expected NAME=value or NAME", quoted(entry)));
        if (auto variable = variable_of(entry)) settings.env.push_back(std::move(*variable));
        else settings.unset.push_back(entry);
    }
    return {};
}

// "[[ADDRESS:]HOST:]PORT[/PROTOCOL]", where ports may be ranges. A port can be reached from this host where the command has its network. A
// port that is another outside, or an address that it alone is reached at, cannot be had so.
Status check_port(const std::string& text) {
    const std::string_view ports = std::string_view(text).substr(0, text.find('/'));
    const std::size_t last = ports.rfind(':');
    const std::string_view inside = ports.substr(last == std::string_view::npos ? 0 : last + 1);
    std::string_view outside = last == std::string_view::npos ? std::string_view() : ports.substr(0, last), address;
    if (const std::size_t cut = outside.rfind(':'); cut != std::string_view::npos) {
        address = outside.substr(0, cut);
        outside = outside.substr(cut + 1);
    }
    if (inside.empty() || inside.find_first_not_of("0123456789-") != std::string_view::npos)
        return input_error(format("-p {}: expected PORT or PORT:PORT", quoted(text)));
    if (!outside.empty() && outside != inside)
        return fail(ErrorKind::Input,
                    format("-p {}: the command has the ports of this host, and {} is not {}", quoted(text), outside, inside),
                    format("-p {0}:{0}, or have the server listen at {1}", inside, outside));
    if (address.empty() || address == "0.0.0.0" || address == "[::]") return {};
    return fail(
        ErrorKind::Input,
        format("-p {}: the command has the network of this host, and listens where it says itself, not at {}", quoted(text), address),
        format("have the server listen at {} and write --network host", address));
}

Status publish(const ImageRunOptions& options, runtime::ImageRunSettings& settings) {
    for (const std::string& text : options.ports) MABPLAN_CHECK(check_port(text));
    if (options.network_mode == "none") return input_error("-p and --network none exclude each other");
    if (settings.network != Network::Host)
        std::fputs(format("{}: the command gets the network of this host\n", options.ports.empty() ? "-P" : "-p").c_str(), stderr);
    settings.network = Network::Host;
    return {};
}

bool is_address(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return text == kHostGateway || ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

Status set_network(const ImageRunOptions& options, runtime::ImageRunSettings& settings) {
    if (options.network_mode == "none") settings.network = Network::None;
    else if (options.network_mode == "host") settings.network = Network::Host;
    else if (!options.network_mode.empty() && options.network_mode != "default")
        return fail(ErrorKind::Input, format("--network {}: expected default, none or host", quoted(options.network_mode)),
                    foreign_network_hint(options.network_mode));
    if (!options.ports.empty() || options.publishes_all) MABPLAN_CHECK(publish(options, settings));
    MABPLAN_TRY(hosts, parse_extra_hosts(options.extra_hosts));
    for (const ExtraHost& host : hosts) {
        if (!is_address(host.address))
            return fail(ErrorKind::Input, format("--add-host {}: {} is no address", quoted(host.name), quoted(host.address)),
                        "expected an IPv4 or IPv6 address, or host-gateway");
        if (host.address == kHostGateway && settings.network == Network::None)
            return input_error("--add-host: host-gateway is not reached with --network none");
    }
    settings.extra_hosts = std::move(hosts);
    settings.resolv_conf = resolv_conf();
    const auto given = [](const std::vector<std::string>& list) { return list.empty() ? std::nullopt : std::optional(list); };
    settings.dns = {given(options.dns), given(options.dns_search), given(options.dns_options)};
    return {};
}

}  // namespace

Result<std::vector<std::string>> read_env_file(const std::string& path) {
    MABPLAN_TRY(text, runtime::read_file(path));
    std::vector<std::string> env;
    std::size_t number = 0;
    for (std::string_view line : split(text, '\n')) {
        ++number;
        if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
        if (line.ends_with('\r')) line.remove_suffix(1);
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        if (line.empty() || line.front() == '#') continue;
        const std::string_view name = line.substr(0, line.find('='));
        if (name.empty() || name.find_first_of(" \t") != std::string_view::npos)
            return fail(ErrorKind::Input, format("{}:{}: {} is no name of a variable", path, number, quoted(name)),
                        "expected NAME=value or NAME on each line");
        if (auto variable = variable_of(std::string(line))) env.push_back(std::move(*variable));
    }
    return env;
}

Result<runtime::ImageRunSettings> image_run_settings(const ImageRunOptions& options) {
    runtime::ImageRunSettings settings;
    if (options.has_entrypoint)
        settings.entrypoint = options.entrypoint.empty() ? std::vector<std::string>{} : std::vector<std::string>{options.entrypoint};
    settings.command = options.command;
    settings.user = options.user;
    settings.hostname = options.hostname;
    settings.working_dir = options.working_dir;
    if (!options.working_dir.empty() && !options.working_dir.starts_with('/'))
        return input_error(format("-w {}: the working directory is not absolute", quoted(options.working_dir)));
    if (options.terminal && options.interactive && ::isatty(STDIN_FILENO) == 0)
        return fail(ErrorKind::Input, "-it: standard input is no terminal",
                    "-i alone passes it on, -t alone gives a terminal that nobody types at");
    if (options.interactive) settings.input = runtime::ImageRunSettings::Input::Given;
    MABPLAN_TRY(mounts, mounts_of(options));
    settings.mounts = std::move(mounts);
    MABPLAN_CHECK(set_variables(options, settings));
    MABPLAN_TRY(limits, parse_ulimits(options.ulimits));
    settings.ulimits = std::move(limits);
    MABPLAN_CHECK(set_network(options, settings));
    settings.emulator_folders = program_folders();
    return settings;
}

}  // namespace mabplan::tools
