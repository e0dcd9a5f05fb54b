#include "plans/model/action_key.h"

#include "plans/base/format.h"
#include "plans/oci/chain_id.h"

#include <array>

namespace mabplan {

namespace {

void put_list(FieldSink& sink, std::string_view tag, const std::vector<std::string>& values) {
    sink.field(format("{}.count", tag), std::to_string(values.size()));
    for (std::size_t i = 0; i < values.size(); ++i) sink.field(format("{}[{}]", tag, i), values[i]);
}

// Each variable under its own name: an explanation then says which one changed. The order is in the count-framed list of names.
void put_environment(FieldSink& sink, const std::vector<std::string>& env) {
    std::vector<std::string> names;
    for (const std::string& entry : env) names.push_back(entry.substr(0, entry.find('=')));
    put_list(sink, "env.names", names);
    for (std::size_t i = 0; i < env.size(); ++i) sink.field(format("env {}", names[i]), env[i]);
}

std::string_view network_name(Network network) {
    constexpr std::array<std::string_view, 3> kNames{"default", "none", "host"};
    return kNames[static_cast<std::size_t>(network)];
}

void walk(const ImageAction& image, const InputIdentity&, FieldSink& sink) {
    std::vector<Digest> diff_ids;
    for (const BaseLayer& layer : image.layers) diff_ids.push_back(layer.diff_id);
    sink.field("base image", chain_text(diff_ids));
}

std::string_view origin_kind(const FileOrigin& origin) {
    constexpr std::array<std::string_view, std::variant_size_v<FileOrigin>> kNames{"context", "root file system", "inline"};
    return kNames[origin.index()];
}

template <class Number>
std::string number_or_default(const std::optional<Number>& number) {
    return number ? std::to_string(*number) : "default";
}

// The fields of one mount; `sources` is the identity of the next origin and moves on behind each that is used.
class MountWalk {
public:
    MountWalk(const InputIdentity& inputs, FieldSink& sink) : next_(inputs.sources.begin()), sink_(sink) {}

    void mount(const Mount& mount, std::size_t number) {
        tag_ = format("mount[{}]", number);
        put("target", mount.target);
        std::visit([&](const auto& what) { walk(what); }, mount.what);
    }

private:
    void put(std::string_view name, std::string_view value) { sink_.field(format("{}.{}", tag_, name), value); }
    void origin(const FileOrigin& from, std::string_view source) {
        put("from kind", origin_kind(from));
        put("from", *next_++);
        put("source", source);
    }
    void owner(std::uint32_t mode, std::uint32_t uid, std::uint32_t gid) {
        put("mode", format("{:o}", mode));
        put("owner", format("{}:{}", uid, gid));
    }
    void walk(const BindMount& bind) {
        put("type", bind.writable ? "bind, writable" : "bind");
        origin(bind.from, bind.source);
    }
    void walk(const CacheMount& cache) {
        put("type", cache.read_only ? "cache, read-only" : "cache");
        origin(cache.from, cache.source);
        put("mode", cache.mode ? format("{:o}", *cache.mode) : "default");
        put("owner", format("{}:{}", number_or_default(cache.uid), number_or_default(cache.gid)));
    }
    void walk(const TmpfsMount& tmpfs) {
        put("type", "tmpfs");
        put("size", number_or_default(tmpfs.size));
    }
    void walk(const SecretMount& secret) {
        put("type", secret.required ? "secret, required" : "secret");
        put("id", secret.id);
        put("variable", secret.variable.value_or(""));
        owner(secret.mode, secret.uid, secret.gid);
    }
    void walk(const SshMount& ssh) {
        put("type", ssh.required ? "ssh, required" : "ssh");
        put("id", ssh.id);
        owner(ssh.mode, ssh.uid, ssh.gid);
    }

    std::vector<std::string>::const_iterator next_;
    FieldSink& sink_;
    std::string tag_;
};

// Named only where there are any: they are rare.
void put_surroundings(const RunAction& run, FieldSink& sink) {
    std::vector<std::string> hosts, limits;
    for (const ExtraHost& host : run.extra_hosts) hosts.push_back(host.name);
    for (const Ulimit& limit : run.ulimits) limits.push_back(format("{}={}:{}", limit.name, limit.soft, limit.hard));
    if (!hosts.empty()) put_list(sink, "extra hosts", hosts);
    if (!limits.empty()) put_list(sink, "ulimits", limits);
    std::vector<std::string> devices;
    for (const DeviceRequest& device : run.devices) devices.push_back(device.name + (device.optional ? ", optional" : ""));
    if (!devices.empty()) put_list(sink, "devices", devices);
}

void walk(const RunAction& run, const InputIdentity& inputs, FieldSink& sink) {
    sink.field("root", inputs.root);
    put_list(sink, "argv", run.argv);
    put_environment(sink, run.env);
    sink.field("cwd", run.cwd);
    sink.field("user", run.user);
    sink.field("hostname", run.hostname);
    sink.field("platform", format_platform(run.platform));
    sink.field("network", network_name(run.network));
    sink.field("security", run.security == Security::Insecure ? "insecure" : "sandbox");
    sink.field("noise", run.noise == Noise::Keep ? "keep" : "drop");
    sink.field("epoch", run.epoch ? std::to_string(*run.epoch) : "none");
    sink.field("mounts.count", std::to_string(run.mounts.size()));
    MountWalk mounts(inputs, sink);
    for (std::size_t i = 0; i < run.mounts.size(); ++i) mounts.mount(run.mounts[i], i);
    put_surroundings(run, sink);
}

void walk(const CopyAction& copy, const InputIdentity& inputs, FieldSink& sink) {
    sink.field("root", inputs.root);
    sink.field("parts.count", std::to_string(copy.parts.size()));
    for (std::size_t i = 0; i < copy.parts.size(); ++i) {
        const CopyPart& part = copy.parts[i];
        sink.field(format("part[{}].kind", i), origin_kind(part.from));
        sink.field(format("part[{}].files", i), inputs.sources[i]);
        put_list(sink, format("part[{}].sources", i), part.sources);
        sink.field(format("part[{}].unpack", i), part.unpack ? "archives" : "nothing");
        sink.field(format("part[{}].times", i), part.times == SourceTimes::Keep ? "keep" : "set");
    }
    sink.field("destination", copy.destination);
    sink.field("chown", copy.chown);
    sink.field("chmod", copy.chmod);
    put_list(sink, "excludes", copy.excludes);
    sink.field("parents", copy.parents ? "kept" : "dropped");
    sink.field("link", copy.link ? "yes" : "no");
}

void walk(const MakeDirectoryAction& made, const InputIdentity& inputs, FieldSink& sink) {
    sink.field("root", inputs.root);
    sink.field("path", made.path);
    sink.field("owner", made.owner);
}

void walk(const FetchAction& fetch, const InputIdentity&, FieldSink& sink) {
    sink.field("url", fetch.url);
    sink.field("checksum", fetch.checksum);
    sink.field("name", fetch.name);
    sink.field("modified", fetch.modified ? std::to_string(*fetch.modified) : "");
}

void walk(const GitAction& git, const InputIdentity&, FieldSink& sink) {
    sink.field("remote", git.remote);
    sink.field("ref", git.ref);
    sink.field("subdir", git.subdir);
    sink.field("checksum", git.checksum);
    sink.field("keep git dir", git.keep_git_dir ? "yes" : "no");
    sink.field("submodules", git.submodules ? "yes" : "no");
    sink.field("fetch by commit", git.fetch_by_commit ? "yes" : "no");
    sink.field("times", git.commit_times ? "commit" : "checkout");
}

class HashingFields final : public FieldSink {
public:
    void field(std::string_view tag, std::string_view value) override {
        put(tag);
        put(value);
    }
    Digest finish() { return Digest(hash_.finish()); }

private:
    void put(std::string_view bytes) {
        std::array<char, 8> length{};
        for (std::size_t i = 0; i < length.size(); ++i) length[i] = static_cast<char>((bytes.size() >> (8 * i)) & 0xff);
        hash_.update({length.data(), length.size()});
        hash_.update(bytes);
    }
    Sha256 hash_;
};

class ExplainingFields final : public FieldSink {
public:
    void field(std::string_view tag, std::string_view value) override { fields.push_back({std::string(tag), std::string(value)}); }
    std::vector<KeyField> fields;
};

std::string key_of(const Plan& plan, const std::optional<ActionId>& id) {
    return id ? plan.action(*id).definition_key.text() : std::string(kNoLayers);
}

}  // namespace

void walk_action(const Work& work, const std::optional<LayerTime>& time, const InputIdentity& inputs, FieldSink& sink) {
    sink.field("semantics", std::to_string(kSemanticsVersion));
    sink.field("kind", kind_name(work));
    if (makes_layer(work)) sink.field("time", time ? std::to_string(time->seconds()) : "keep");
    std::visit([&](const auto& made) { walk(made, inputs, sink); }, work);
}

Digest hash_fields(const Work& work, const std::optional<LayerTime>& time, const InputIdentity& inputs) {
    HashingFields sink;
    walk_action(work, time, inputs, sink);
    return sink.finish();
}

std::vector<KeyField> explain_fields(const Work& work, const std::optional<LayerTime>& time, const InputIdentity& inputs) {
    ExplainingFields sink;
    walk_action(work, time, inputs, sink);
    return std::move(sink.fields);
}

std::string inline_identity(const InlineFiles& files) {
    HashingFields sink;
    for (const InlineFile& file : files.files) {
        sink.field("name", file.name);
        sink.field("mode", format("{:o}", file.mode));
        sink.field("content", file.content);
    }
    return sink.finish().text();
}

InputIdentity definition_inputs(const Plan& plan, const Work& work) {
    InputIdentity inputs{key_of(plan, root_of(work)), {}};
    for (const FileOrigin* origin : origins_of(work)) {
        if (const auto* context = std::get_if<ContextFiles>(origin)) inputs.sources.push_back(context->tree.text());
        else if (const auto* root = std::get_if<RootFiles>(origin)) inputs.sources.push_back(key_of(plan, root->root));
        else inputs.sources.push_back(inline_identity(std::get<InlineFiles>(*origin)));
    }
    return inputs;
}

Digest definition_key(const Plan& plan, const Work& work, const std::optional<LayerTime>& time) {
    return hash_fields(work, time, definition_inputs(plan, work));
}

}  // namespace mabplan
