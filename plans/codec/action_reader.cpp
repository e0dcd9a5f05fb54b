#include "plans/codec/action_reader.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/codec/command_fields.h"
#include "plans/codec/names.h"
#include "plans/model/action_key.h"

namespace mabplan::codec {

namespace {

FetchAction read_fetch(Members& members) {
    return {members.text("url"), members.text("checksum"), members.text("name"), members.signed_or_null("modified")};
}

GitAction read_git(Members& members) {
    GitAction git;
    git.remote = members.text("remote");
    git.ref = members.text("ref");
    git.subdir = members.text("subdir");
    git.checksum = members.text("checksum");
    git.keep_git_dir = members.flag("keep_git_dir");
    git.submodules = members.flag("submodules");
    git.fetch_by_commit = members.flag("fetch_by_commit");
    git.commit_times = members.flag("commit_times");
    return git;
}

}  // namespace

std::optional<ActionId> ActionReader::id(Members& members, const char* key) {
    const auto index = members.number_or_null(key, kMostIndex);
    if (!index) return std::nullopt;
    if (*index < plan_.actions.size()) return ActionId{*index};
    members.fail(key, format("names the action {}, which does not stand before it", *index));
    return std::nullopt;
}

BaseLayer ActionReader::base_layer(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    BaseLayer layer;
    layer.blob.media_type = members.text("media_type");
    layer.blob.digest = members.digest("digest");
    layer.blob.size = members.number("size", kMostBytes);
    layer.diff_id = members.digest("diff_id");
    members.no_others();
    return layer;
}

ImageLocation ActionReader::location(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    ImageLocation location;
    location.kind = members.word("kind", kLocationNames);
    location.address = members.text("address");
    location.manifest = members.digest("manifest");
    if (members.has("index")) location.index = members.digest("index");
    members.no_others();
    return location;
}

ImageAction ActionReader::image(Members& members, const std::string& path) {
    ImageAction image;
    image.name = members.text("name");
    image.platform = read_platform(members, "platform");
    image.location = location(members.object("location"), path + ".location");
    members.each("layers", [&](const Json& json, const std::string& at) { image.layers.push_back(base_layer(json, at)); });
    image.created = members.signed_or_null("created");
    return image;
}

FileOrigin ActionReader::file_origin(Members& members, const std::string& path) {
    if (members.has("from_inline")) return InlineFiles{read_inline_files(members, "from_inline")};
    if (!members.has("from_context")) return RootFiles{id(members, "from_root")};
    Members files(members.object("from_context"), path + ".from_context", fault_);
    const auto context = files.number("context", kMostIndex);
    if (context >= plan_.contexts.size()) files.fail("context", "names a context that does not exist");
    ContextFiles chosen{{static_cast<std::uint32_t>(context)}, files.digest("tree")};
    files.no_others();
    return chosen;
}

CacheMount ActionReader::cache_mount(Members& members, const std::string& path) {
    CacheMount cache;
    cache.id = members.text("id");
    cache.from = file_origin(members, path);
    cache.source = members.text("source");
    cache.sharing = members.word("sharing", kSharingNames);
    cache.read_only = members.flag("read_only");
    cache.mode = members.number_or_null("mode", kMostMode);
    cache.uid = members.number_or_null("uid", kMostIndex);
    cache.gid = members.number_or_null("gid", kMostIndex);
    return cache;
}

Mount ActionReader::mount(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    Mount mount;
    mount.target = members.text("target");
    const std::string type = members.text("type");
    if (type == "bind") {
        BindMount bind;
        bind.from = file_origin(members, path);
        bind.source = members.text("source");
        bind.writable = members.flag("writable");
        mount.what = std::move(bind);
    } else if (type == "cache") mount.what = cache_mount(members, path);
    else if (type == "tmpfs") mount.what = read_tmpfs(members);
    else if (type == "secret") mount.what = read_secret(members);
    else if (type == "ssh") mount.what = read_ssh(members);
    else members.fail("type", format("is {}: expected bind, cache, tmpfs, secret or ssh", quoted(type)));
    members.no_others();
    return mount;
}

RunAction ActionReader::run(Members& members) {
    RunAction run;
    run.root = id(members, "root");
    run.argv = members.texts("argv");
    run.env = members.texts("env");
    run.cwd = members.text("cwd");
    run.user = members.text("user");
    run.hostname = members.text("hostname");
    run.platform = read_platform(members, "platform");
    run.network = members.word("network", kNetworkNames);
    run.security = members.word("security", kSecurityNames);
    run.noise = members.word("noise", kNoiseNames);
    run.epoch = members.signed_or_null("epoch");
    members.each("mounts", [&](const Json& json, const std::string& at) { run.mounts.push_back(mount(json, at)); });
    run.extra_hosts = read_hosts(members, "extra_hosts");
    run.ulimits = read_limits(members, "ulimits");
    if (members.has("devices")) run.devices = read_devices(members, "devices");
    if (!members.is_null("timeout_ms")) run.timeout_ms = members.number("timeout_ms", kMostBytes);
    run.proxy = members.texts("proxy");
    run.runner = members.word("runner", kRunnerNames);
    if (run.argv.empty()) members.fail("argv", "is empty");
    return run;
}

CopyAction ActionReader::copy(Members& members) {
    CopyAction copy;
    copy.root = id(members, "root");
    members.each("parts", [&](const Json& json, const std::string& at) {
        Members part(json, at, fault_);
        copy.parts.push_back({file_origin(part, at), part.texts("sources"), part.flag("unpack"), part.word("times", kSourceTimesNames)});
        part.no_others();
    });
    copy.destination = members.text("destination");
    copy.chown = members.text("chown");
    copy.chmod = members.text("chmod");
    copy.excludes = members.texts("excludes");
    copy.parents = members.flag("parents");
    copy.link = members.flag("link");
    return copy;
}

Work ActionReader::work(Members& members, const std::string& path) {
    const std::string kind = members.text("kind");
    if (kind == "image") return image(members, path);
    if (kind == "run") return run(members);
    if (kind == "copy") return copy(members);
    if (kind == "fetch") return read_fetch(members);
    if (kind == "git") return read_git(members);
    if (kind != "make-directory")
        members.fail("kind", format("is {}: expected image, run, copy, make-directory, fetch or git", quoted(kind)));
    MakeDirectoryAction made;
    made.root = id(members, "root");
    made.path = members.text("path");
    made.owner = members.text("owner");
    return made;
}

Origin ActionReader::origin(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    Origin origin;
    origin.dockerfile = members.text("dockerfile");
    origin.line = static_cast<std::uint32_t>(members.number("line", kMostIndex));
    origin.last_line = static_cast<std::uint32_t>(members.number("last_line", kMostIndex));
    origin.stage = members.text("stage");
    origin.text = members.text("text");
    members.no_others();
    return origin;
}

std::optional<LayerTime> ActionReader::time(Members& members, const std::string& path) {
    if (members.is_null("time")) return std::nullopt;
    Members fields(members.object("time"), path + ".time", fault_);
    LayerTime time;
    const auto start = fields.signed_or_null("start");
    if (!start || *start > kLatestTime || *start < -kLatestTime) fields.fail("start", "is no time");
    else time.start = *start;
    time.place = static_cast<std::uint32_t>(fields.number("place", kMostIndex));
    fields.no_others();
    return time;
}

std::vector<InstructionId> ActionReader::instructions(Members& members, std::string_view kind) {
    std::vector<InstructionId> all;
    members.each("instructions", [&](const Json& json, const std::string& at) {
        Members fields(json, at, fault_);
        InstructionId id;
        id.target = fields.text("target");
        id.stage = fields.text("stage");
        id.platform = read_platform(fields, "platform");
        id.kind = kind;
        id.ordinal = static_cast<std::uint32_t>(fields.number("ordinal", kMostIndex));
        fields.no_others();
        if (!all.empty() && !comes_before(all.back(), id)) members.fail("instructions", "are not in order");
        all.push_back(std::move(id));
    });
    return all;
}

Action ActionReader::read(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    Action action;
    action.work = work(members, path);
    action.definition_key = members.digest("key");
    action.origin = origin(members.object("origin"), path + ".origin");
    if (makes_layer(action.work)) action.time = time(members, path);
    action.instructions = instructions(members, kind_name(action.work));
    members.no_others();
    if (fault_.empty() && definition_key(plan_, action.work, action.time) != action.definition_key)
        members.fail("key", "does not belong to the fields beside it");
    return action;
}

}  // namespace mabplan::codec
