#include "compiler/dockerfiles.h"

#include "compiler/dockerfile/frontend.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan::compiler {

namespace {

tl::unexpected<Errors> no_dockerfile(const Build& build, const std::string& path) {
    Error error{ErrorKind::Input, format("there is no Dockerfile {}", quoted(path)), {}, {}, "name it with -f, or `dockerfile:` in mabplan.yaml", {}};
    if (const auto place = build.places.find("dockerfile"); place != build.places.end()) error.place = place->second;
    return tl::unexpected(Errors{std::move(error)});
}

}  // namespace

// A folder that is not there is what to tell of, not the Dockerfile in it.
Status Dockerfiles::check_context(const Build& build) {
    if (build.context.kind != ContextKind::Directory) return {};
    auto tree = files_.tree(build.context.location);
    if (tree) return {};
    Error error = std::move(tree).error();
    error.message = format("the build context {} is no folder that can be read: {}", quoted(build.context.location), error.message);
    if (error.hint.empty()) error.hint = "a build context is a folder, a git address or a URL; a Dockerfile is named with -f, or `dockerfile:` in mabplan.yaml";
    if (const auto place = build.places.find("context"); place != build.places.end()) error.place = place->second;
    return fail(std::move(error));
}

Checked<const ReadDockerfile*> Dockerfiles::parse(std::string key, std::string path, std::string text, const Build& build) {
    auto read = std::make_unique<ReadDockerfile>();
    read->path = std::move(path);
    const auto source = std::make_shared<SourceText>(read->path, std::move(text));
    if (auto known = check_frontend(source, find_setting(build.args, "BUILDKIT_SYNTAX")); !known) return tl::unexpected(Errors{std::move(known).error()});
    read->read = read_dockerfile(source);
    if (read->read.errors.empty()) {
        auto graph = cut_stages(read->read.dockerfile);
        if (!graph) return tl::unexpected(Errors{graph.error()});
        read->graph = std::move(*graph);
    }
    const ReadDockerfile* result = read.get();
    read_[std::move(key)] = std::move(read);
    return result;
}

Checked<const ReadDockerfile*> Dockerfiles::read_inline(const Build& build) {
    std::string key = "\n" + *build.dockerfile_inline;
    if (const auto found = read_.find(key); found != read_.end()) return found->second.get();
    return parse(std::move(key), "dockerfile_inline", *build.dockerfile_inline, build);
}

// A URL that gives no archive gives the Dockerfile itself.
Checked<const ReadDockerfile*> Dockerfiles::read_remote(const Build& build) {
    const auto context = contexts_.open(build);
    if (!context) return tl::unexpected(Errors{context.error()});
    const auto* fetched = std::get_if<FetchAction>(&(*context)->source);
    const bool is_dockerfile = fetched != nullptr && !(*context)->is_archive;
    const std::string path = is_dockerfile ? fetched->name : join_path("/", build.dockerfile).substr(1);
    const std::string shown = format("{}/{}", (*context)->shown, path);
    if (const auto found = read_.find(shown); found != read_.end()) return found->second.get();
    auto text = contexts_.read_text(**context, path);
    if (!text) return tl::unexpected(Errors{text.error()});
    if (!*text) return no_dockerfile(build, shown);
    return parse(shown, shown, std::move(**text), build);
}

Checked<const ReadDockerfile*> Dockerfiles::read(const Build& build) {
    if (auto context = check_context(build); !context) return tl::unexpected(Errors{std::move(context).error()});
    if (build.dockerfile_inline) return read_inline(build);
    const bool remote = is_remote_context(build);
    if (remote && !build.dockerfile.starts_with('/')) return read_remote(build);
    const std::string path = remote ? clean_path(build.dockerfile) : join_path(build.context.location, build.dockerfile);
    if (const auto found = read_.find(path); found != read_.end()) return found->second.get();
    auto text = files_.read_text({}, path);
    if (!text) return tl::unexpected(Errors{text.error()});
    if (!*text) return no_dockerfile(build, path);
    return parse(path, path, std::move(**text), build);
}

}  // namespace mabplan::compiler
