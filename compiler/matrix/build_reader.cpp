#include "compiler/matrix/build_reader.h"

#include "compiler/matrix/build_parts.h"
#include "compiler/matrix/units.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <functional>
#include <map>

namespace mabplan::compiler {

namespace {

template <class T, class Found>
void assign(T& to, Found&& found) {
    if (found) to = *std::forward<Found>(found);
}

void read_context(const YamlEntry& entry, Build& build, NodeReader& reader) {
    const auto text = reader.text(entry);
    if (!text) return;
    auto location = parse_context_location(*text);
    if (!location) return reader.mistakes().add(std::move(location.error()).at(entry.value.place));
    if (location->kind == ContextKind::Directory || location->kind == ContextKind::Git || location->kind == ContextKind::Http)
        build.context = std::move(*location);
    else
        reader.mistakes().add(entry.value.place, format("{} can't be the build context itself", quoted(*text)),
                              "name it under additional_contexts and use it in FROM or COPY --from");
}

void read_dockerfile(const YamlEntry& entry, Build& build, NodeReader& reader) {
    const auto text = reader.text(entry);
    if (text && text->empty()) reader.mistakes().add(entry.value.place, "\"dockerfile\" is empty", "leave the key out for \"Dockerfile\"");
    else if (text) build.dockerfile = *text;
}

void read_named_contexts(const YamlEntry& entry, Build& build, NodeReader& reader) {
    if (!reader.is_map(entry)) return;
    for (const YamlEntry& named : entry.value.entries) {
        const auto text = reader.text(named);
        if (auto named_well = check_context_name(named.key); !named_well)
            reader.mistakes().add(std::move(named_well.error()).at(named.key_place));
        if (!text) continue;
        auto location = parse_context_location(*text);
        if (location) build.additional_contexts.push_back({named.key, std::move(*location), named.value.place});
        else reader.mistakes().add(std::move(location.error()).at(named.value.place));
    }
}

// A value that is not given is taken from the environment; an argument that has none there either is not passed.
void read_args(const YamlEntry& entry, Build& build, const Environment& environment, NodeReader& reader) {
    if (!reader.is_map(entry)) return;
    for (const YamlEntry& arg : entry.value.entries) {
        if (arg.value.kind == YamlKind::Null) {
            if (auto value = environment.get(arg.key)) build.args.push_back({arg.key, std::move(*value), arg.key_place});
        } else if (const auto value = reader.text(arg)) {
            build.args.push_back({arg.key, *value, arg.key_place});
        }
    }
}

std::optional<NetworkMode> parse_network(std::string_view text) {
    if (text == "default") return NetworkMode::Default;
    if (text == "none") return NetworkMode::None;
    if (text == "host") return NetworkMode::Host;
    return std::nullopt;
}

void read_annotations(const YamlEntry& entry, Build& build, NodeReader& reader) {
    for (Setting& setting : reader.settings(entry)) {
        auto annotation = parse_annotation(setting.name, std::move(setting.value), setting.place);
        if (annotation) build.annotations.push_back(std::move(*annotation));
        else reader.mistakes().add(std::move(annotation).error());
    }
}

using Reading = std::function<void(const YamlEntry&, Build&, NodeReader&)>;

const std::map<std::string, Reading, std::less<>>& readings() {
    static const std::map<std::string, Reading, std::less<>> table = {
        {"context", read_context},
        {"dockerfile", read_dockerfile},
        {"dockerfile_inline", [](const YamlEntry& e, Build& b, NodeReader& r) { b.dockerfile_inline = r.text(e); }},
        {"target", [](const YamlEntry& e, Build& b, NodeReader& r) { assign(b.stage, r.text(e)); }},
        {"additional_contexts", read_named_contexts},
        {"labels", [](const YamlEntry& e, Build& b, NodeReader& r) { b.labels = r.settings(e); }},
        {"annotations", read_annotations},
        {"ssh", [](const YamlEntry& e, Build& b, NodeReader& r) { b.ssh = r.settings(e); }},
        {"extra_hosts", [](const YamlEntry& e, Build& b, NodeReader& r) { b.extra_hosts = read_extra_hosts(e, r); }},
        {"secrets", [](const YamlEntry& e, Build& b, NodeReader& r) { b.secrets = read_secret_uses(e, r); }},
        {"ulimits", [](const YamlEntry& e, Build& b, NodeReader& r) { b.ulimits = read_ulimits(e, r); }},
        {"test", [](const YamlEntry& e, Build& b, NodeReader& r) { b.tests = read_tests(e, r); }},
        {"no_cache", [](const YamlEntry& e, Build& b, NodeReader& r) { assign(b.no_cache, r.flag(e)); }},
        {"pull", [](const YamlEntry& e, Build& b, NodeReader& r) { assign(b.pull, r.flag(e)); }},
        {"provenance", [](const YamlEntry& e, Build& b, NodeReader& r) { b.provenance = r.text(e); }},
        {"sbom", [](const YamlEntry& e, Build& b, NodeReader& r) { b.sbom = r.text(e); }},
        {"cache_from", [](const YamlEntry& e, Build& b, NodeReader& r) { b.cache_from = read_specs(e, SpecForm::Cache, r); }},
        {"cache_to", [](const YamlEntry& e, Build& b, NodeReader& r) { b.cache_to = read_specs(e, SpecForm::Cache, r); }},
        {"network", [](const YamlEntry& e, Build& b,
                       NodeReader& r) { assign(b.network, r.parsed<NetworkMode>(e, "default, none or host", parse_network)); }},
        {"shm_size",
         [](const YamlEntry& e, Build& b, NodeReader& r) {
             b.shm_size =
                 r.parsed<std::uint64_t>(e, "a size like 64m", [](std::string_view text) { return parse_size(text, SizeUnits::Binary); });
         }},
        {"timeout", [](const YamlEntry& e, Build& b,
                       NodeReader& r) { b.timeout_ms = r.parsed<std::uint64_t>(e, "a duration like 10m or 1h30m", parse_duration_ms); }},
    };
    return table;
}

}  // namespace

Build read_build(const YamlNode& target, const Environment& environment, NodeReader& reader) {
    Build build;
    for (const YamlEntry& entry : target.entries) {
        const auto reading = readings().find(entry.key);
        if (reading != readings().end()) reading->second(entry, build, reader);
        else if (entry.key == "args") read_args(entry, build, environment, reader);
        else continue;
        build.places.emplace(entry.key, entry.key_place);
    }
    return build;
}

std::vector<OutputSpec> read_specs(const YamlEntry& entry, SpecForm form, NodeReader& reader) {
    std::vector<OutputSpec> out;
    if (!reader.is_list(entry)) return out;
    for (const YamlNode& item : entry.value.items) {
        auto spec = [&]() -> Result<OutputSpec> {
            if (item.kind == YamlKind::Scalar)
                return form == SpecForm::Output ? parse_output_spec(item.text, item.place) : parse_cache_spec(item.text, item.place);
            if (item.kind != YamlKind::Map)
                return input_error(item.place, format("an item of {} must be a text like \"type=oci,dest=out.tar\" or a map, found {}",
                                                      quoted(entry.key), describe(item)));
            std::map<std::string, std::string> attrs;
            for (const Setting& attr : reader.settings({entry.key, entry.key_place, item})) attrs[to_lower(attr.name)] = attr.value;
            return make_output_spec(std::move(attrs), item.place);
        }();
        if (spec) out.push_back(std::move(*spec));
        else reader.mistakes().add(std::move(spec.error()));
    }
    return out;
}

}  // namespace mabplan::compiler
