#include "plans/model/action_key.h"

#include "plans/base/format.h"
#include "plans/oci/chain_id.h"

#include <array>

namespace mabplan {

namespace {

constexpr std::string_view kNothing = "scratch";

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

std::string chain_text(const ImageAction& image) {
    std::vector<Digest> diff_ids;
    for (const BaseLayer& layer : image.layers) diff_ids.push_back(layer.diff_id);
    return diff_ids.empty() ? std::string(kNothing) : chain_id(diff_ids).text();
}

void walk(const ImageAction& image, const InputIdentity&, FieldSink& sink) { sink.field("base image", chain_text(image)); }

void walk(const RunAction& run, const InputIdentity& inputs, FieldSink& sink) {
    sink.field("root", inputs.root);
    put_list(sink, "argv", run.argv);
    put_environment(sink, run.env);
    sink.field("cwd", run.cwd);
    sink.field("user", run.user);
    sink.field("platform", format_platform(run.platform));
    sink.field("network", network_name(run.network));
}

void walk(const CopyAction& copy, const InputIdentity& inputs, FieldSink& sink) {
    sink.field("root", inputs.root);
    sink.field("source kind", std::holds_alternative<ContextFiles>(copy.from) ? "context" : "root file system");
    sink.field("source", inputs.source);
    put_list(sink, "sources", copy.sources);
    sink.field("destination", copy.destination);
    sink.field("chown", copy.chown);
    sink.field("chmod", copy.chmod ? format("{:o}", *copy.chmod) : "");
}

void walk(const MakeDirectoryAction& made, const InputIdentity& inputs, FieldSink& sink) {
    sink.field("root", inputs.root);
    sink.field("path", made.path);
    sink.field("owner", made.owner);
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
    return id ? plan.action(*id).definition_key.text() : std::string(kNothing);
}

}  // namespace

void walk_action(const Work& work, const std::optional<std::int64_t>& epoch, const InputIdentity& inputs, FieldSink& sink) {
    sink.field("semantics", std::to_string(kSemanticsVersion));
    sink.field("kind", kind_name(work));
    if (!std::holds_alternative<ImageAction>(work)) sink.field("epoch", epoch ? std::to_string(*epoch) : "keep");
    std::visit([&](const auto& made) { walk(made, inputs, sink); }, work);
}

Digest hash_fields(const Work& work, const std::optional<std::int64_t>& epoch, const InputIdentity& inputs) {
    HashingFields sink;
    walk_action(work, epoch, inputs, sink);
    return sink.finish();
}

std::vector<KeyField> explain_fields(const Work& work, const std::optional<std::int64_t>& epoch, const InputIdentity& inputs) {
    ExplainingFields sink;
    walk_action(work, epoch, inputs, sink);
    return std::move(sink.fields);
}

InputIdentity definition_inputs(const Plan& plan, const Work& work) {
    InputIdentity inputs{key_of(plan, root_of(work)), {}};
    if (const auto* copy = std::get_if<CopyAction>(&work)) {
        const auto* files = std::get_if<ContextFiles>(&copy->from);
        inputs.source = files != nullptr ? files->tree.text() : key_of(plan, std::get<RootFiles>(copy->from).root);
    }
    return inputs;
}

Digest definition_key(const Plan& plan, const Work& work) { return hash_fields(work, plan.epoch, definition_inputs(plan, work)); }

}  // namespace mabplan
