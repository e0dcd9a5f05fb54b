#include "compiler/lower/outputs.h"

#include "compiler/lower/annotations.h"
#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "plans/oci/reference.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

Failure refuse(const OutputSpec& spec, std::string message, std::string hint) {
    Error error{ErrorKind::Input, std::move(message), spec.place, {}, std::move(hint), {}};
    return fail(std::move(error));
}

Result<OutputType> type_of(const OutputSpec& spec) {
    static const std::array<std::pair<std::string, OutputType>, 5> kTypes{{{"oci", OutputType::OciLayout},
                                                                           {"docker", OutputType::DockerArchive},
                                                                           {"local", OutputType::LocalFolder},
                                                                           {"tar", OutputType::Tar},
                                                                           {"cacheonly", OutputType::CacheOnly}}};
    std::vector<std::string> names;
    for (const auto& [name, type] : kTypes) {
        if (name == spec.type) return type;
        names.push_back(name);
    }
    for (const char* later : {"registry", "image"})
        if (spec.type == later)
            return refuse(spec, format("the output type={} is not supported yet", spec.type),
                          "write an OCI layout (type=oci) and push it with skopeo");
    std::string hint = suggestion(spec.type, names);
    return refuse(spec, format("unknown output type {}: expected oci, docker, local, tar or cacheonly", quoted(spec.type)),
                  std::move(hint));
}

Result<bool> flag_of(const OutputSpec& spec, const std::string& text, const char* key) {
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
    return refuse(spec, format("{}={} is neither true nor false", key, text), {});
}

bool is_files(OutputType type) { return type == OutputType::LocalFolder || type == OutputType::Tar; }
bool is_image(OutputType type) { return type == OutputType::OciLayout || type == OutputType::DockerArchive; }

Status read_attributes(const OutputSpec& spec, Output& output) {
    static const std::vector<std::string> kKnown{"dest", "tar", "compression", "platform-split"};
    for (const auto& [key, value] : spec.attrs) {
        if (key == "dest" && output.type != OutputType::CacheOnly) output.destination = value;
        else if (key == "tar" && output.type == OutputType::OciLayout) {
            MABPLAN_TRY(flag, flag_of(spec, value, "tar"));
            output.as_tar = flag;
        } else if (key == "platform-split" && is_files(output.type)) {
            MABPLAN_TRY(flag, flag_of(spec, value, "platform-split"));
            output.platform_split = flag;
        } else if (key == "compression" && is_image(output.type)) {
            auto parsed = parse_compression(value);
            if (!parsed) return refuse(spec, parsed.error().message, "use gzip, zstd or uncompressed");
            output.compression = *parsed;
        } else {
            return refuse(spec, format("type={} does not know {}", spec.type, quoted(key)), suggestion(key, kKnown));
        }
    }
    return {};
}

Status check_destination(const OutputSpec& spec, const Output& output) {
    if (output.destination.empty() && output.type != OutputType::CacheOnly)
        return refuse(spec, format("type={} needs a destination", spec.type), "add dest=PATH");
    if (output.destination == "-" && (output.type == OutputType::LocalFolder || (output.type == OutputType::OciLayout && !output.as_tar)))
        return refuse(spec, "a folder can't be written to standard output", "give a path, or write a tar");
    return {};
}

// `docker load` knows one image and no index.
Status check_docker(const OutputSpec& spec, const OutputContent& content) {
    if (spec.type != "docker") return {};
    if (content.images > 1)
        return refuse(spec, format("type=docker holds one platform, and there are {}", content.images),
                      "ask for one platform, or write type=oci");
    if (content.annotates_index)
        return refuse(spec, "type=docker has no index to annotate", "annotate the manifest (manifest:KEY), or write type=oci");
    return {};
}

}  // namespace

Result<Output> lower_output(const OutputSpec& spec, const OutputContent& content) {
    Output output;
    MABPLAN_TRY(type, type_of(spec));
    output.type = type;
    output.compression = content.compression;
    output.platform_split = is_files(type) && content.images > 1;
    MABPLAN_CHECK(read_attributes(spec, output));
    MABPLAN_CHECK(check_destination(spec, output));
    MABPLAN_CHECK(check_docker(spec, content));
    return output;
}
Result<std::vector<Output>> lower_outputs(const Target& target, Compression compression) {
    const OutputContent content{target.cells.size(), annotates_index(target), compression};
    std::vector<Output> outputs;
    for (const OutputSpec& spec : target.outputs) {
        MABPLAN_TRY(output, lower_output(spec, content));
        outputs.push_back(std::move(output));
    }
    if (outputs.empty()) outputs.push_back({OutputType::OciLayout, "dist/" + target.name, false, compression, false});
    return outputs;
}

Result<std::vector<std::string>> lower_tags(const Target& target) {
    std::vector<std::string> tags;
    for (const std::string& name : target.names) {
        auto reference = parse_reference(name);
        if (!reference) return pass(std::move(reference).error().at(target.place));
        std::string full = format_reference(*reference);
        if (std::find(tags.begin(), tags.end(), full) == tags.end()) tags.push_back(std::move(full));
    }
    return tags;
}

Result<std::vector<RegistryHost>> lower_registries(const Matrix& matrix) {
    std::vector<RegistryHost> hosts;
    for (const RegistryOptions& options : matrix.registries) {
        if (!options.key_pairs.empty()) return input_error(options.place, "keypair is not supported yet", "leave it out");
        if (options.insecure)
            return input_error(options.place, "insecure is not supported yet",
                               "name the authority's certificate with ca: [FILE], or use http: true");
        hosts.push_back({options.host, options.mirrors, options.http, options.ca});
    }
    return hosts;
}

}  // namespace mabplan::compiler
