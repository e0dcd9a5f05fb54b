#include "compiler/lower/remote_contexts.h"

#include "compiler/lower/remote_source.h"
#include "compiler/sources/git_reference.h"
#include "compiler/sources/url.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan::compiler {

namespace {

constexpr const char* kFileName = "context";  // of what a URL gives, as BuildKit's frontend calls it

std::string argument(const Build& build, std::string_view name) { return find_setting(build.args, name).value_or(""); }

bool keeps_git_dir(const Build& build) { return parse_truth(argument(build, "BUILDKIT_CONTEXT_KEEP_GIT_DIR")).value_or(false); }

// What is pinned here is fetched by the commit: the Dockerfile was read from it, wherever the ref is when the plan runs. Where the
// address pins a ref itself, the ref must be there, now and then, as for ADD.
Result<GitAction> git_context(const Build& build) {
    MABPLAN_TRY(git, added_git(build.context.location, std::nullopt, {}));
    git.keep_git_dir = git.keep_git_dir || keeps_git_dir(build);
    MABPLAN_TRY(reference, parse_git_reference(build.context.location));
    if (reference->mtime.empty() && !argument(build, "SOURCE_DATE_EPOCH").empty()) git.commit_times = true;
    return git;
}

}  // namespace

Result<std::optional<RemoteSource>> named_source(const Build& build, const std::string& name) {
    for (const NamedContext& context : build.additional_contexts) {
        if (!equal_ignoring_case(context.name, name)) continue;
        if (context.source.kind == ContextKind::Http) return RemoteSource(FetchAction{context.source.location, {}, kFileName});
        if (context.source.kind != ContextKind::Git) continue;
        MABPLAN_TRY(git, added_git(context.source.location, std::nullopt, {}));
        return RemoteSource(std::move(git));
    }
    return std::optional<RemoteSource>{};
}

std::string shown_address(const std::string& text) {
    std::string fragment;
    const auto git = parse_git_reference(text);
    if (git && *git) fragment = format_git_fragment(**git, SubdirForm::Shown).substr((*git)->remote.size());
    const std::string address = text.substr(0, text.find_first_of("?#"));
    auto url = Url::parse(address);
    if (!url) return address + fragment;
    url->user.clear();
    return url->address() + fragment;
}

bool is_remote_context(const Build& build) {
    const ContextKind kind = build.context.kind;
    return kind == ContextKind::Git || kind == ContextKind::Http || kind == ContextKind::StandardInput;
}

Result<RemoteContext> RemoteContexts::find(const Build& build) {
    RemoteContext context;
    context.shown = build.context.kind == ContextKind::StandardInput ? "standard input" : shown_address(build.context.location);
    if (build.context.kind == ContextKind::Git) {
        MABPLAN_TRY(git, git_context(build));
        MABPLAN_TRY(pinned, sources_.pin(git));
        const bool vouches = !git.checksum.empty() && !git.ref.empty();
        if (!vouches) std::get<GitAction>(pinned).fetch_by_commit = true;
        context.source = std::move(pinned);
        return context;
    }
    MABPLAN_TRY(pinned, sources_.pin(FetchAction{build.context.location, {}, kFileName}));
    MABPLAN_TRY(is_archive, sources_.is_archive(std::get<FetchAction>(pinned)));
    context.source = std::move(pinned);
    context.is_archive = is_archive;
    return context;
}

Result<const RemoteContext*> RemoteContexts::open(const Build& build) {
    const std::string key =
        format("{}\n{}\n{}", build.context.location, keeps_git_dir(build), argument(build, "SOURCE_DATE_EPOCH").empty());
    if (const auto found = known_.find(key); found != known_.end()) return &found->second;
    auto context = find(build);
    if (!context) {
        Error error = std::move(context).error();
        if (const auto place = build.places.find("context"); place != build.places.end() && !error.place) error.place = place->second;
        return pass(std::move(error), format("reading the build context {}", shown_address(build.context.location)));
    }
    return &known_.emplace(key, *std::move(context)).first->second;
}

Result<std::string> RemoteContexts::read_file(const std::string& url) {
    MABPLAN_TRY(fetch, added_file(url, {}));
    const auto reading = [&](Error error) { return pass(std::move(error), format("reading the Dockerfile {}", shown_address(url))); };
    auto pinned = sources_.pin(fetch);
    if (!pinned) return reading(std::move(pinned).error());
    const FetchAction& file = std::get<FetchAction>(*pinned);
    const auto archive = sources_.is_archive(file);
    if (!archive) return reading(archive.error());
    if (*archive)
        return fail(ErrorKind::Input, format("{} is an archive: expected a Dockerfile", shown_address(url)),
                    "an archive is a build context: give it as that");
    auto text = sources_.read_text(*pinned, file.name);
    if (!text) return reading(std::move(text).error());
    return std::move(*text).value_or("");
}

Result<std::optional<std::int64_t>> RemoteContexts::time_of(const RemoteSource& source) {
    MABPLAN_TRY(pinned, sources_.pin(source));
    return sources_.time(pinned);
}

}  // namespace mabplan::compiler
