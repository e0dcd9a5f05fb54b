#include "compiler/dockerfiles.h"

#include "compiler/dockerfile/frontend.h"
#include "compiler/sources/remote_file.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>
#include <span>

namespace mabplan::compiler {

namespace {

constexpr std::string_view kDockers = "Dockerfile";

// What a Dockerfile may be called where no name is given, the first that is there counts.
constexpr std::array<std::string_view, 3> kUsualNames{kDockers, "dockerfile", "Containerfile"};

// The usual names that one goes before.
std::span<const std::string_view> names_after(std::string_view name) {
    const auto found = std::find(kUsualNames.begin(), kUsualNames.end(), name);
    return found == kUsualNames.end() ? std::span<const std::string_view>{} : std::span(found + 1, kUsualNames.end());
}

std::vector<std::string> names_of(const Build& build) {
    if (build.dockerfile.empty()) return {kUsualNames.begin(), kUsualNames.end()};
    std::vector<std::string> names{build.dockerfile};
    if (!build.dockerfile_in_context.empty()) names.push_back(build.dockerfile_in_context);
    return names;
}

tl::unexpected<Errors> refuse(Error error, const Build& build) {
    if (const auto place = build.places.find("dockerfile"); place != build.places.end() && !error.place) error.place = place->second;
    return tl::unexpected(Errors{std::move(error)});
}

tl::unexpected<Errors> no_dockerfile(const Build& build, const std::string& path) {
    return refuse({ErrorKind::Input,
                   format("there is no Dockerfile {}", quoted(path)),
                   {},
                   {},
                   "name it with -f, or `dockerfile:` in mabplan.yaml",
                   {}},
                  build);
}

}  // namespace

// A folder that is not there is what to tell of, not the Dockerfile in it.
Status Dockerfiles::check_context(const Build& build) {
    if (build.context.kind != ContextKind::Directory) return {};
    auto tree = files_.tree(build.context.location);
    if (tree) return {};
    Error error = std::move(tree).error();
    error.message = format("the build context {} is no folder that can be read: {}", quoted(build.context.location), error.message);
    if (error.hint.empty())
        error.hint = "a build context is a folder, a git address or a URL; a Dockerfile is named with -f, or `dockerfile:` in mabplan.yaml";
    if (const auto place = build.places.find("context"); place != build.places.end()) error.place = place->second;
    return fail(std::move(error));
}

Checked<const ReadDockerfile*> Dockerfiles::parse(Text text, const Build& build) {
    auto read = std::make_unique<ReadDockerfile>();
    read->path = std::move(text.path);
    read->home = text.home;
    const auto source = std::make_shared<SourceText>(read->path, std::move(text.content));
    if (auto known = check_frontend(source, find_setting(build.args, "BUILDKIT_SYNTAX")); !known)
        return tl::unexpected(Errors{std::move(known).error()});
    read->read = read_dockerfile(source);
    if (read->read.errors.empty()) {
        auto graph = cut_stages(read->read.dockerfile);
        if (!graph) return tl::unexpected(Errors{graph.error()});
        read->graph = std::move(*graph);
    }
    const ReadDockerfile* result = read.get();
    read_[std::move(text.key)] = std::move(read);
    return result;
}

Checked<const ReadDockerfile*> Dockerfiles::read_inline(const Build& build) {
    std::string key = "\n" + *build.dockerfile_inline;
    if (const auto found = read_.find(key); found != read_.end()) return found->second.get();
    return parse({std::move(key), build.dockerfile.empty() ? "dockerfile_inline" : build.dockerfile, *build.dockerfile_inline}, build);
}

Checked<const ReadDockerfile*> Dockerfiles::read_url(const Build& build) {
    if (const auto found = read_.find(build.dockerfile); found != read_.end()) return found->second.get();
    auto text = contexts_.read_file(build.dockerfile);
    if (!text) return refuse(std::move(text).error(), build);
    return parse({build.dockerfile, shown_address(build.dockerfile), *std::move(text)}, build);
}

// A URL that gives no archive gives the Dockerfile itself.
Checked<const ReadDockerfile*> Dockerfiles::read_remote(const Build& build) {
    const auto context = contexts_.open(build);
    if (!context) return tl::unexpected(Errors{context.error()});
    if (clean_path(build.dockerfile).starts_with("../") && !build.dockerfile.empty())
        return refuse(input_error(format("the Dockerfile {} leads out of the build context", quoted(build.dockerfile))).value(), build);
    return read_from(**context, build);
}

Checked<const ReadDockerfile*> Dockerfiles::read_from(const RemoteContext& context, const Build& build) {
    const auto* fetched = std::get_if<FetchAction>(&context.source);
    const bool is_dockerfile = fetched != nullptr && !context.is_archive;
    const std::vector<std::string> names = is_dockerfile ? std::vector<std::string>{fetched->name} : names_of(build);
    for (const std::string& name : names) {
        const std::string path = clean_path(name);
        const std::string shown = format("{}/{}", context.shown, path);
        if (const auto found = read_.find(shown); found != read_.end()) return found->second.get();
        auto text = contexts_.read_text(context, path);
        if (!text) return refuse(std::move(text).error(), build);
        if (!*text) continue;
        if (!is_dockerfile) say_which(build, name, shown);
        // to look once more into an archive costs its unpacking
        if (build.dockerfile.empty() && fetched == nullptr)
            for (const std::string_view later : names_after(name)) {
                const auto other = contexts_.read_text(context, std::string(later));
                if (other && *other) remarks_.note(format("{}/{} is not looked at: {} goes before it", context.shown, later, shown));
            }
        return parse({shown, shown, std::move(**text)}, build);
    }
    return no_dockerfile(build, format("{}/{}", context.shown, clean_path(names.front())));
}

void Dockerfiles::say_which(const Build& build, std::string_view name, const std::string& path) {
    if (build.dockerfile.empty() && name != kDockers) remarks_.note(format("{} is used as the Dockerfile", path));
    if (!build.dockerfile.empty() && name != build.dockerfile)
        remarks_.note(format("{} of the build context is used as the Dockerfile: the current folder has none of this name", path));
}

bool Dockerfiles::is_folder(const std::string& path) {
    const auto tree = files_.tree(std::string(parent_path(path)));
    if (!tree) return false;
    const auto entry = (*tree)->stat(base_name(path));
    return entry && *entry && (*entry)->type == FileType::Directory;
}

Checked<const ReadDockerfile*> Dockerfiles::read_local(const Build& build) {
    const auto path_of = [&](std::string_view name) {
        return is_remote_context(build) ? clean_path(name) : join_path(build.context.location, name);
    };
    const bool usual = build.dockerfile.empty();
    const std::vector<std::string> names = names_of(build);
    for (const std::string& name : names) {
        const std::string path = path_of(name);
        if (const auto found = read_.find(path); found != read_.end()) return found->second.get();
        if (usual && name != kDockers && is_folder(path)) continue;
        auto text = files_.read_text({}, path);
        if (!text) return refuse(std::move(text).error(), build);
        if (!*text) continue;
        say_which(build, name, path);
        for (const std::string_view later : usual ? names_after(name) : std::span<const std::string_view>{}) {
            const std::string other = path_of(later);
            if (is_folder(other)) continue;
            if (const auto there = files_.read_text({}, other); there && *there)
                remarks_.note(format("{} is not looked at: {} goes before it", other, path));
        }
        return parse({path, path, std::move(**text), DockerfileHome::Host}, build);
    }
    return no_dockerfile(build, path_of(names.front()));
}

Checked<const ReadDockerfile*> Dockerfiles::read(const Build& build) {
    if (auto context = check_context(build); !context) return tl::unexpected(Errors{std::move(context).error()});
    if (build.dockerfile_inline) return read_inline(build);
    if (is_http_source(build.dockerfile)) return read_url(build);
    if (is_remote_context(build) && !build.dockerfile.starts_with('/')) return read_remote(build);
    return read_local(build);
}

}  // namespace mabplan::compiler
