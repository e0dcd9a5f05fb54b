#include "compiler/lower/outputs.h"

#include "compiler/lower/annotations.h"
#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "plans/oci/reference.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

Result<const OutputType*> find_type(const OutputSpec& spec) {
    std::vector<std::string> names;
    for (const OutputType& type : output_types()) {
        if (type.name == spec.type) return &type;
        names.emplace_back(type.name);
    }
    std::string hint = suggestion(spec.type, names);
    const std::string last = std::move(names.back());
    names.pop_back();
    return refuse_output(spec, format("unknown output type {}: expected {} or {}", quoted(spec.type), join(names, ", "), last),
                         std::move(hint));
}

std::string hint_for(const std::string& key, const std::vector<std::string>& known) {
    if (key == "name") return "names come from -t, or from `tags` of the target";
    return std::find(known.begin(), known.end(), key) == known.end() ? suggestion(key, known) : "it is an option of another type";
}

// The nearest option of any type is named: another type may be meant.
Status check_options(const OutputSpec& spec, const OutputType& type) {
    std::vector<std::string> known;
    for (const OutputType& any : output_types()) known.insert(known.end(), any.options.begin(), any.options.end());
    for (const auto& [key, value] : spec.attrs)
        if (std::find(type.options.begin(), type.options.end(), key) == type.options.end())
            return refuse_output(spec, format("type={} does not know {}", spec.type, quoted(key)), hint_for(key, known));
    return {};
}

}  // namespace

Result<Output> lower_output(const OutputSpec& spec, const OutputContent& content) {
    MABPLAN_TRY(type, find_type(spec));
    MABPLAN_CHECK(check_options(spec, *type));
    return type->lower(spec, content);
}

Result<std::vector<Output>> lower_outputs(const Target& target, Compression compression) {
    const OutputContent content{target.cells.size(), annotates_index(target), compression, !target.names.empty()};
    std::vector<Output> outputs;
    for (const OutputSpec& spec : target.outputs) {
        MABPLAN_TRY(output, lower_output(spec, content));
        outputs.push_back(std::move(output));
    }
    if (outputs.empty()) outputs.push_back(LayoutOutput{"dist/" + target.name, false, compression});
    return outputs;
}

Result<std::vector<std::string>> lower_tags(const Target& target) {
    std::vector<std::string> tags;
    for (const std::string& name : target.names) {
        auto reference = parse_image_name(name);
        if (!reference) return pass(std::move(reference).error().at(target.place));
        std::string full = format_reference(*reference);
        if (std::find(tags.begin(), tags.end(), full) == tags.end()) tags.push_back(std::move(full));
    }
    return tags;
}

Result<std::vector<RegistryHost>> lower_registries(const Matrix& matrix) {
    std::vector<RegistryHost> hosts;
    for (const RegistryOptions& options : matrix.registries) {
        if (options.key_pairs.size() > 1)
            return input_error(options.place, "there is more than one keypair", "a host is shown one certificate");
        RegistryHost host{options.host, options.mirrors, options.http, options.ca, options.insecure, {}, {}};
        if (!options.key_pairs.empty()) {
            host.certificate = options.key_pairs.front().cert;
            host.key = options.key_pairs.front().key;
        }
        hosts.push_back(std::move(host));
    }
    return hosts;
}

}  // namespace mabplan::compiler
