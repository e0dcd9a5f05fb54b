#include "tools/mabplan/foreign_flags.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>

namespace mabplan::tools {

namespace {

constexpr FlagValue kSwitch = FlagValue::WithEquals;
constexpr FlagValue kValue = FlagValue::Needed;

constexpr std::array<ForeignFlag, 116> kBuildFlags{{
    {"--all-platforms", kSwitch, "false",
     "name them: --platform linux/amd64,linux/arm64 (`mabplan image inspect IMAGE` lists those of the base)"},
    {"--arch", kValue, "", "--platform linux/ARCH"},
    {"--attest", kValue, "", "attestations are not made: leave it out"},
    {"--authfile", kValue, "", "credentials are read from $REGISTRY_AUTH_FILE and the files of docker and podman"},
    {"--build-arg-file", kValue, "", "--build-arg NAME=value for each line, or args: in mabplan.yaml"},
    {"--builder", kValue, "*", ""},
    {"--cache-from", kValue, "*", ""},
    {"--cache-to", kValue, "*", ""},
    {"--cache-ttl", kValue, "", "`mabplan cache prune --keep-duration 48h`"},
    {"--call", kValue, "check|lint", "`mabplan check` looks for mistakes, `mabplan dump stages FILE` lists stages"},
    {"--cap-add", kValue, "", "RUN --security=insecure in the Dockerfile, and --allow security.insecure"},
    {"--cap-drop", kValue, "", "commands have docker's default capabilities, and no switch for fewer"},
    {"--cert-dir", kValue, "", "registries: {HOST: {ca: [FILE]}} in mabplan.yaml, or SSL_CERT_FILE"},
    {"--cgroup-parent", kValue, "", "start mabplan itself in the group: systemd-run --scope --slice NAME mabplan build …"},
    {"--cgroupns", kValue, "private", "commands have a cgroup namespace of their own"},
    {"--check", kSwitch, "*", ""},
    {"--compat-volumes", kSwitch, "false", "what commands write below a VOLUME is kept, as BuildKit does"},
    {"--compress", kSwitch, "*", ""},
    {"--cpp-flag", kValue, "", "cpp Dockerfile.in | mabplan build -f - ."},
    {"--cpu-period", kValue, "", "limit mabplan itself: systemd-run --user --scope -p CPUQuota=50% mabplan build …"},
    {"--cpu-quota", kValue, "", "limit mabplan itself: systemd-run --user --scope -p CPUQuota=50% mabplan build …"},
    {"--cpu-shares", kValue, "", "nice mabplan build …, or systemd-run --user --scope -p CPUWeight=20 mabplan build …"},
    {"-c", kValue, "", "nice mabplan build …, or systemd-run --user --scope -p CPUWeight=20 mabplan build …"},
    {"--cpuset-cpus", kValue, "", "taskset -c 0-3 mabplan build …"},
    {"--cpuset-mems", kValue, "", "numactl --membind=0 mabplan build …"},
    {"--created-annotation", kSwitch, "false", "--annotation org.opencontainers.image.created=TIME"},
    {"--creds", kValue, "", "log in with podman, docker or skopeo: credentials are read from their files"},
    {"--cw", kValue, "", "images for confidential workloads are not made"},
    {"--debug", kSwitch, "", "-v says more"},
    {"--decryption-key", kValue, "",
     "decrypt the base first: skopeo copy --decryption-key KEY docker://IMAGE oci:DIR, and --build-context IMAGE=oci-layout://DIR"},
    {"--device", kValue, "", "RUN --device=NAME in the Dockerfile, and --allow device"},
    {"--disable-compression", kSwitch, "false", "-o type=oci,dest=PATH,compression=uncompressed"},
    {"-D", kSwitch, "", "-o type=oci,dest=PATH,compression=uncompressed for layers that are not packed, -v for more words"},
    {"--disable-content-trust", kSwitch, "*", ""},
    {"--dns", kValue, "", "commands ask the name servers of the host; --add-host NAME:ADDRESS adds a name"},
    {"--dns-option", kValue, "", "commands ask the name servers of the host, with its options"},
    {"--dns-search", kValue, "", "commands ask the name servers of the host, with its search domains"},
    {"--env", kValue, "", "ENV in the Dockerfile, with ARG and --build-arg where it changes"},
    {"--force-rm", kSwitch, "*", ""},
    {"--format", kValue, "oci", "images are OCI; for `docker load` write -o type=docker,dest=FILE"},
    {"--from", kValue, "", "--build-context NAME=docker-image://IMAGE, where NAME is what stands behind FROM"},
    {"--group-add", kValue, "", "USER name:group in the Dockerfile, or groups in the image's /etc/group"},
    {"--hooks-dir", kValue, "", "there is no OCI runtime that could call hooks: leave it out"},
    {"--http-proxy", kSwitch, "true", "unset the variables: env -u http_proxy -u https_proxy mabplan build …"},
    {"--identity-label", kSwitch, "false", "no label is added: --label NAME=value"},
    {"--ignorefile", kValue, "", "copy it to DOCKERFILE.dockerignore beside the Dockerfile, which goes before .dockerignore"},
    {"--inherit-annotations", kSwitch, "false", "--annotation KEY=VALUE: those of the base are not taken over"},
    {"--inherit-labels", kSwitch, "true", "LABEL name= in the Dockerfile empties one of the base's"},
    {"--ipc", kValue, "private", "commands have an IPC namespace of their own"},
    {"--isolation", kValue, "*", ""},
    {"--layer-label", kValue, "", "--label is for the image; layers have no labels"},
    {"--layers", kSwitch, "*", ""},
    {"--load", kSwitch, "*", ""},
    {"--logfile", kValue, "", "redirect standard error: mabplan build … 2>FILE"},
    {"--logsplit", kSwitch, "false", "redirect standard error: each line names its platform"},
    {"--manifest", kValue, "", "several platforms make an index: --platform linux/amd64,linux/arm64 -o type=oci,dest=PATH"},
    {"--memory", kValue, "", "limit mabplan itself: systemd-run --user --scope -p MemoryMax=2G mabplan build …"},
    {"-m", kValue, "", "limit mabplan itself: systemd-run --user --scope -p MemoryMax=2G mabplan build …"},
    {"--memory-swap", kValue, "", "limit mabplan itself: systemd-run --user --scope -p MemorySwapMax=0 mabplan build …"},
    {"--net", kValue, "", "--network"},
    {"--no-cache-filter", kValue, "*", ""},
    {"--no-hostname", kSwitch, "*", ""},
    {"--no-hosts", kSwitch, "false", "commands see an /etc/hosts that is made for them, and never gets into a layer"},
    {"--omit-history", kSwitch, "false", "the history is part of an image"},
    {"--os", kValue, "linux", "--platform OS/ARCH"},
    {"--os-feature", kValue, "", "images are for Linux, which has no features"},
    {"--os-version", kValue, "", "images are for Linux, which has no version"},
    {"--pid", kValue, "private", "commands have a pid namespace of their own"},
    {"--provenance", kValue, "false", "attestations are not made: leave it out"},
    {"--pull", kSwitch, "true|always|newer|false|missing", "tags are always asked for; --offline fetches nothing"},
    {"--pull-always", kSwitch, "*", ""},
    {"--pull-never", kSwitch, "false", "--offline"},
    {"--push", kSwitch, "*", ""},
    {"--quiet", kSwitch, "*", ""},
    {"-q", kSwitch, "*", ""},
    {"--retry", kValue, "*", ""},
    {"--retry-delay", kValue, "*", ""},
    {"--rewrite-timestamp", kSwitch, "true", "--reproducible off keeps the times of files"},
    {"--rm", kSwitch, "*", ""},
    {"--runtime", kValue, "*", ""},
    {"--runtime-flag", kValue, "*", ""},
    {"--rusage", kSwitch, "false", "each step tells its seconds"},
    {"--rusage-logfile", kValue, "", "each step tells its seconds, on standard error"},
    {"--save-stages", kSwitch, "false", "--target STAGE builds a stage"},
    {"--sbom", kValue, "false", "attestations are not made: leave it out"},
    {"--sbom-image-output", kValue, "", "attestations are not made: syft oci-dir:DIR reads the result"},
    {"--sbom-image-purl-output", kValue, "", "attestations are not made: syft oci-dir:DIR reads the result"},
    {"--sbom-merge-strategy", kValue, "", "attestations are not made: syft oci-dir:DIR reads the result"},
    {"--sbom-output", kValue, "", "attestations are not made: syft oci-dir:DIR reads the result"},
    {"--sbom-purl-output", kValue, "", "attestations are not made: syft oci-dir:DIR reads the result"},
    {"--sbom-scanner-command", kValue, "", "attestations are not made: syft oci-dir:DIR reads the result"},
    {"--sbom-scanner-image", kValue, "", "attestations are not made: syft oci-dir:DIR reads the result"},
    {"--security-opt", kValue, "", "RUN --security=insecure in the Dockerfile, and --allow security.insecure"},
    {"--sign-by", kValue, "", "sign the result: skopeo copy --sign-by KEY oci:DIR docker://NAME"},
    {"--signature-policy", kValue, "", "bases are known by their digests: write FROM NAME@sha256:…"},
    {"--skip-unused-stages", kSwitch, "true", "`mabplan check` looks at all stages"},
    {"--source-date-epoch", kValue, "", "--build-arg SOURCE_DATE_EPOCH=SECONDS"},
    {"--source-policy-file", kValue, "", "write FROM NAME@sha256:…, or --build-context NAME=docker-image://NAME@sha256:…"},
    {"--squash", kSwitch, "false", "a last stage of one layer: FROM scratch, COPY --from=build / /"},
    {"--squash-all", kSwitch, "false", "a last stage of one layer: FROM scratch, COPY --from=build / /"},
    {"--stage-labels", kSwitch, "false", "--label is for the image"},
    {"--stdin", kSwitch, "false", "commands read nothing: copy a file, or RUN --mount=type=secret"},
    {"--timestamp", kValue, "", "--build-arg SOURCE_DATE_EPOCH=SECONDS"},
    {"--tls-verify", kSwitch, "true",
     "-o type=registry,registry.insecure=true; for bases registries: {HOST: {insecure: true}} in mabplan.yaml"},
    {"--transient-mount", kValue, "", "RUN --mount=type=bind,from=NAME, and --build-context NAME=FOLDER"},
    {"--unsetannotation", kValue, "", "annotations of bases are not taken over"},
    {"--unsetenv", kValue, "", "ENV NAME= in the Dockerfile empties a variable of the base"},
    {"--unsetlabel", kValue, "", "LABEL name= in the Dockerfile empties one of the base's"},
    {"--userns", kValue, "private|container|auto", "commands have a user namespace of their own"},
    {"--userns-gid-map", kValue, "", "ids come from /etc/subgid: `mabplan doctor` shows the range"},
    {"--userns-gid-map-group", kValue, "", "ids come from /etc/subgid: `mabplan doctor` shows the range"},
    {"--userns-uid-map", kValue, "", "ids come from /etc/subuid: `mabplan doctor` shows the range"},
    {"--userns-uid-map-user", kValue, "", "ids come from /etc/subuid: `mabplan doctor` shows the range"},
    {"--uts", kValue, "private", "commands have a UTS namespace of their own; BUILDKIT_SANDBOX_HOSTNAME names the host in it"},
    {"--variant", kValue, "", "--platform linux/ARCH/VARIANT"},
    {"--volume", kValue, "",
     "RUN --mount=type=bind,from=NAME, and --build-context NAME=FOLDER; RUN --mount=type=cache for what is to be kept"},
}};

constexpr std::array<ForeignFlag, 60> kRunFlags{{
    {"--annotation", kValue, "*", ""},
    {"--attach", kValue, "*", ""},
    {"-a", kValue, "*", ""},
    {"--cap-add", kValue, "", "a command has docker's default capabilities"},
    {"--cap-drop", kValue, "", "a command has docker's default capabilities"},
    {"--cgroup-parent", kValue, "", "start mabplan itself in the group: systemd-run --scope --slice NAME mabplan image run …"},
    {"--cgroupns", kValue, "private", "a command has a cgroup namespace of its own"},
    {"--cidfile", kValue, "", "a command has no id, and nothing of it stays: `mabplan image run` ends with it"},
    {"--cpu-shares", kValue, "", "nice mabplan image run …, or systemd-run --user --scope -p CPUWeight=20 mabplan image run …"},
    {"-c", kValue, "", "nice mabplan image run …, or systemd-run --user --scope -p CPUWeight=20 mabplan image run …"},
    {"--cpus", kValue, "", "limit mabplan itself: systemd-run --user --scope -p CPUQuota=150% mabplan image run …"},
    {"--cpuset-cpus", kValue, "", "taskset -c 0-3 mabplan image run …"},
    {"--detach", kSwitch, "false", "put it into the background: mabplan image run … &"},
    {"-d", kSwitch, "", "put it into the background: mabplan image run … &"},
    {"--detach-keys", kValue, "*", ""},
    {"--device", kValue, "", "a command gets no devices of the host"},
    {"--disable-content-trust", kSwitch, "*", ""},
    {"--domainname", kValue, "", "-h NAME.DOMAIN"},
    {"--expose", kValue, "*", ""},
    {"--gpus", kValue, "", "a command gets no devices of the host"},
    {"--group-add", kValue, "", "-u USER:GROUP, or groups in the image's /etc/group"},
    {"--health-cmd", kValue, "*", ""},
    {"--health-interval", kValue, "*", ""},
    {"--health-retries", kValue, "*", ""},
    {"--health-start-period", kValue, "*", ""},
    {"--health-timeout", kValue, "*", ""},
    {"--init", kSwitch, "*", ""},
    {"--ip", kValue, "", "the network of a command is its own, and its address is not chosen"},
    {"--ipc", kValue, "private", "a command has an IPC namespace of its own"},
    {"--label", kValue, "*", ""},
    {"-l", kValue, "*", ""},
    {"--label-file", kValue, "*", ""},
    {"--link", kValue, "", "--add-host NAME:ADDRESS"},
    {"--log-driver", kValue, "none|local|json-file", "what the command says is passed on: mabplan image run … | logger"},
    {"--log-opt", kValue, "*", ""},
    {"--memory", kValue, "", "limit mabplan itself: systemd-run --user --scope -p MemoryMax=2G mabplan image run …"},
    {"-m", kValue, "", "limit mabplan itself: systemd-run --user --scope -p MemoryMax=2G mabplan image run …"},
    {"--memory-swap", kValue, "", "limit mabplan itself: systemd-run --user --scope -p MemorySwapMax=0 mabplan image run …"},
    {"--name", kValue, "*", ""},
    {"--no-healthcheck", kSwitch, "*", ""},
    {"--oom-kill-disable", kSwitch, "false", "choom -n -1000 -- mabplan image run …, as root"},
    {"--pid", kValue, "private", "a command has a pid namespace of its own"},
    {"--pids-limit", kValue, "", "limit mabplan itself: systemd-run --user --scope -p TasksMax=100 mabplan image run …"},
    {"--privileged", kSwitch, "false", "the command runs in the sandbox that RUN has"},
    {"--quiet", kSwitch, "*", ""},
    {"-q", kSwitch, "*", ""},
    {"--read-only", kSwitch, "false", "what the command writes is thrown away"},
    {"--restart", kValue, "no", "until mabplan image run …; do sleep 1; done"},
    {"--rm", kSwitch, "*", ""},
    {"--runtime", kValue, "", "the command runs in the sandbox that RUN has"},
    {"--security-opt", kValue, "", "the command runs in the sandbox that RUN has"},
    {"--sig-proxy", kSwitch, "true", "a stop of mabplan reaches the command as SIGTERM"},
    {"--stop-signal", kValue, "SIGTERM|TERM|15", "a stop of mabplan reaches the command as SIGTERM"},
    {"--stop-timeout", kValue, "10", "a stopped command has 10 s to end by itself"},
    {"--storage-opt", kValue, "", "what the command writes lies in the store's folder: --cache-dir"},
    {"--sysctl", kValue, "", "a command has the host's settings"},
    {"--userns", kValue, "private|auto", "a command has a user namespace of its own"},
    {"--uts", kValue, "private", "a command has a UTS namespace of its own; -h names the host in it"},
    {"--volume-driver", kValue, "", "-v FOLDER:PATH: a folder of this host"},
    {"--volumes-from", kValue, "", "-v FOLDER:PATH: a folder of this host"},
}};

struct ForeignCommand {
    std::string_view name;
    std::string_view way;
};

constexpr std::array<ForeignCommand, 12> kCommands{{
    {"bake", "a mabplan.yaml with the targets: `mabplan compile && mabplan run`"},
    {"buildx", "`mabplan build` builds by itself: there are no builders to create, to use or to list"},
    {"compose", "a mabplan.yaml with the build sections: `mabplan compile && mabplan run`"},
    {"create", "`mabplan image run` runs an image, `mabplan build` makes one"},
    {"exec", "`mabplan image run IMAGE COMMAND` runs a command; no container stays behind it"},
    {"history", "`mabplan image inspect --json IMAGE` shows the configuration with its history"},
    {"imagetools", "`mabplan image merge DESTINATION SOURCE…` makes an index of images, `mabplan image inspect` shows one"},
    {"lint", "`mabplan check`"},
    {"ls", "`mabplan image ls`, `mabplan cache ls`"},
    {"manifest", "`mabplan image inspect --raw IMAGE` shows one, `mabplan image merge DESTINATION IMAGE…` makes an index"},
    {"ps", "no container stays: `mabplan image run IMAGE` ends with its command"},
    {"system", "`mabplan cache du`, `mabplan cache prune`"},
}};

// Spellings of docker, buildx, podman and skopeo for what there is here under another name.
struct OtherName {
    std::array<std::string_view, 2> theirs;  // the second may be empty
    std::array<std::string_view, 2> ours;
};
constexpr std::array<OtherName, 31> kOtherNames{{
    {{"version", ""}, {"--version", ""}},
    {{"bud", ""}, {"build", ""}},
    {{"buildx", "bake"}, {"bake", ""}},
    {{"buildx", "build"}, {"build", ""}},
    {{"buildx", "du"}, {"cache", "du"}},
    {{"buildx", "history"}, {"history", ""}},
    {{"buildx", "prune"}, {"cache", "prune"}},
    {{"buildx", "version"}, {"--version", ""}},
    {{"builder", "build"}, {"build", ""}},
    {{"builder", "prune"}, {"cache", "prune"}},
    {{"cache", "history"}, {"history", ""}},
    {{"cache", "inspect"}, {"cache", "show"}},
    {{"copy", ""}, {"image", "copy"}},
    {{"du", ""}, {"cache", "du"}},
    {{"image", "build"}, {"build", ""}},
    {{"image", "list"}, {"image", "ls"}},
    {{"imagetools", "create"}, {"image", "merge"}},
    {{"image", "remove"}, {"image", "rm"}},
    {{"history", "list"}, {"history", "ls"}},
    {{"images", ""}, {"image", "ls"}},
    {{"imagetools", "inspect"}, {"image", "inspect"}},
    {{"inspect", ""}, {"image", "inspect"}},
    {{"load", ""}, {"image", "load"}},
    {{"prune", ""}, {"cache", "prune"}},
    {{"pull", ""}, {"image", "pull"}},
    {{"push", ""}, {"image", "push"}},
    {{"rmi", ""}, {"image", "rm"}},
    {{"save", ""}, {"image", "save"}},
    {{"system", "df"}, {"cache", "du"}},
    {{"system", "prune"}, {"cache", "prune"}},
    {{"tag", ""}, {"image", "tag"}},
}};

}  // namespace

std::string_view way_of_foreign_command(std::string_view name) {
    const auto found =
        std::find_if(kCommands.begin(), kCommands.end(), [&](const ForeignCommand& command) { return command.name == name; });
    return found == kCommands.end() ? std::string_view{} : found->way;
}

std::vector<std::string> in_own_words(std::vector<std::string> words) {
    // `buildx imagetools inspect`, `docker build`: what stands before their own commands says nothing
    if (words.size() > 1 && (words[0] == "docker" || words[0] == "podman" || (words[0] == "buildx" && words[1] == "imagetools")))
        words.erase(words.begin());
    // `buildx --builder NAME build`: there is one builder
    if (words.size() > 1 && words[0] == "buildx" && words[1].starts_with("--builder"))
        words.erase(words.begin() + 1, words.begin() + std::min<std::ptrdiff_t>(words[1] == "--builder" ? 3 : 2, std::ssize(words)));
    for (const OtherName& name : kOtherNames) {
        const std::size_t count = name.theirs[1].empty() ? 1 : 2;
        if (words.size() < count || words[0] != name.theirs[0] || (count == 2 && words[1] != name.theirs[1])) continue;
        words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count));
        if (!name.ours[1].empty()) words.insert(words.begin(), std::string(name.ours[1]));
        words.insert(words.begin(), std::string(name.ours[0]));
        return words;
    }
    return words;
}

std::string foreign_network_hint(std::string_view mode) {
    const std::string_view kind = mode.substr(0, mode.find(':'));
    for (const std::string_view own : {"bridge", "nat", "pasta", "private", "slirp4netns"})
        if (kind == own) return "that is what default is: a network of the command's own, by slirp4netns or pasta";
    if (kind == "container" || kind == "ns") return "the namespace of another process can't be shared: host is the host's network";
    return {};
}

std::span<const ForeignFlag> foreign_build_flags() { return kBuildFlags; }
std::span<const ForeignFlag> foreign_run_flags() { return kRunFlags; }

const ForeignFlag* find_foreign_flag(std::span<const ForeignFlag> flags, std::string_view name) {
    const auto found = std::find_if(flags.begin(), flags.end(), [&](const ForeignFlag& flag) { return flag.name == name; });
    return found == flags.end() ? nullptr : &*found;
}

Status take_foreign_flag(const ForeignFlag& flag, const std::optional<std::string>& value) {
    const std::string given = value.value_or("true");
    const auto taken = split(flag.taken, '|');
    if (flag.taken == "*" || (!flag.taken.empty() && std::find(taken.begin(), taken.end(), given) != taken.end())) return {};
    const std::string shown = value ? format("{} {}", flag.name, *value) : std::string(flag.name);
    return fail(ErrorKind::Input, format("mabplan has no {}", flag.taken.empty() ? std::string(flag.name) : shown), std::string(flag.way));
}

}  // namespace mabplan::tools
