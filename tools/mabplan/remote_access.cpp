#include "tools/mabplan/remote_access.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/follow_path.h"
#include "runtime/layer/user_archive.h"
#include "runtime/sources/git_remote.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/text_in_tree.h"

namespace mabplan::tools {

namespace {

// Loopback is never asked through a proxy, as for everything else that is fetched.
std::vector<std::string> proxy_settings(const ProcessEnvironment& environment) {
    std::vector<std::string> proxies;
    for (const char* name : {"http_proxy", "https_proxy", "all_proxy"})
        for (const std::string& each : {std::string(name), to_upper(name)})
            if (const auto value = environment.get(each)) proxies.push_back(each + "=" + *value);
    std::string direct = "localhost,127.0.0.1,::1";
    for (const char* name : {"no_proxy", "NO_PROXY"})
        if (const auto value = environment.get(name); value && !value->empty()) direct += "," + *value;
    proxies.push_back("no_proxy=" + direct);
    return proxies;
}

runtime::SourceFetcher::Options fetcher_options(const RemoteAccess::Options& options) {
    const ProcessEnvironment environment;
    runtime::SourceFetcher::Options out;
    out.urls.offline = options.offline;
    out.urls.trust.bundle = environment.get("SSL_CERT_FILE").value_or("");
    for (const RegistryHost& host : options.registries)
        for (const std::string& file : host.ca) out.urls.trust.ca_files[host.host].push_back(join_path(options.root, file));
    if (const auto* stop = options.stop) out.urls.stop = [stop] { return stop->is_stopped(); };
    out.git.stop = out.urls.stop;
    out.git.folders = program_folders();
    out.git.proxies = proxy_settings(environment);
    out.git.agent = environment.get("SSH_AUTH_SOCK").value_or("");
    out.git.ca_bundle = out.urls.trust.bundle;
    const std::string hosts = environment.get("HOME").value_or("") + "/.ssh/known_hosts";
    if (hosts.starts_with('/') && runtime::path_exists(hosts)) out.git.known_hosts = hosts;
    return out;
}

}  // namespace

RemoteAccess::RemoteAccess(const Options& options, runtime::Store& store)
    : store_(store), standard_input_(options.standard_input), digests_(std::string()), sources_(fetcher_options(options), store) {}

RemoteAccess::~RemoteAccess() = default;

Result<RemoteSource> RemoteAccess::pin(const RemoteSource& source) {
    const auto* fetch = std::get_if<FetchAction>(&source);
    if (fetch == nullptr || fetch->url != runtime::kStandardInput) return sources_.pin(source);
    FetchAction pinned = *fetch;
    pinned.checksum = standard_input_.text();
    return RemoteSource(std::move(pinned));
}

Result<std::unique_ptr<runtime::ByteSource>> RemoteAccess::open_file(const FetchAction& pinned) {
    MABPLAN_TRY(file, sources_.file(pinned));
    return store_.blobs().open(file.digest);
}

Result<bool> RemoteAccess::is_archive(const FetchAction& pinned) {
    MABPLAN_TRY(file, open_file(pinned));
    return runtime::is_archive(*file);
}

Result<std::optional<std::string>> RemoteAccess::read_text(const RemoteSource& pinned, const std::string& path) {
    if (const auto* git = std::get_if<GitAction>(&pinned)) return read_from_tree(*git, path);
    const auto& fetch = std::get<FetchAction>(pinned);
    MABPLAN_TRY(archive, is_archive(fetch));
    if (archive) return runtime::read_file_of_archive([&] { return open_file(fetch); }, path, kMostTextBytes);
    MABPLAN_TRY(file, open_file(fetch));
    if (path != fetch.name) return std::optional<std::string>{};
    return runtime::read_text(*file, kMostTextBytes).map([](std::string text) { return std::optional(std::move(text)); });
}

Result<std::optional<std::string>> RemoteAccess::read_from_tree(const GitAction& git, const std::string& path) {
    MABPLAN_TRY(tree, sources_.tree(git));
    MABPLAN_TRY(files, runtime::open_local_tree(tree.folder, digests_, {}));
    MABPLAN_TRY(subdir, follow_path(*files, git.subdir, LastSymlink::Follow));
    if (!subdir)
        return fail(ErrorKind::Registry, format("{} has no directory {} at {}", runtime::shown_remote(git.remote), quoted(git.subdir),
                                                git.ref.empty() ? "HEAD" : git.ref));
    return read_inside(*files, subdir->path, path);
}

Result<std::optional<std::int64_t>> RemoteAccess::time(const RemoteSource& pinned) {
    if (const auto* git = std::get_if<GitAction>(&pinned)) {
        MABPLAN_TRY(tree, sources_.tree(*git));
        return std::optional(tree.committed);
    }
    const auto& fetch = std::get<FetchAction>(pinned);
    MABPLAN_TRY(known, sources_.file(fetch));
    if (known.modified != 0) return std::optional(known.modified);
    MABPLAN_TRY(archive, is_archive(fetch));
    if (!archive) return std::optional<std::int64_t>{};
    MABPLAN_TRY(file, open_file(fetch));
    return runtime::newest_time_in_archive(std::move(file));
}

}  // namespace mabplan::tools
