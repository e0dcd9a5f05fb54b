// Any text as an image's manifest, index and configuration. Sizes and digests are those that the text says; what is read, written and
// read again is the same from then on; a configuration means the same in any form of its JSON.
#include "plans/base/json.h"
#include "plans/oci/image_config.h"
#include "plans/oci/manifest.h"
#include "tests/fuzz/oracle.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace mabplan;
using tests::must;
using Document = std::variant<Manifest, Index>;

std::string written(const Document& document) {
    const auto* manifest = std::get_if<Manifest>(&document);
    return manifest != nullptr ? write_manifest(*manifest) : write_index(std::get<Index>(document));
}

void check_descriptor(const Descriptor& descriptor, const Json& json) {
    must(descriptor.size <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()), "a size is none that wrapped around");
    must(json.at("size") == descriptor.size, "a size is that of the text");
    must(!descriptor.digest.empty() && json.at("digest") == descriptor.digest.text(), "a digest is that of the text");
}

void check_descriptors(const std::vector<Descriptor>& descriptors, const Json& list) {
    std::size_t at = 0;
    for (const Descriptor& descriptor : descriptors) {
        // entries of an index with digests of other algorithms are left out
        while (at < list.size() && list[at].at("digest") != descriptor.digest.text()) ++at;
        must(at < list.size(), "what is read stands in the text, in its order");
        check_descriptor(descriptor, list[at++]);
    }
}

void check_document(const Document& document, std::string_view text) {
    const Json json = Json::parse(text);
    if (const auto* manifest = std::get_if<Manifest>(&document)) {
        check_descriptor(manifest->config, json.at("config"));
        check_descriptors(manifest->layers, json.at("layers"));
        must(manifest->layers.size() == json.at("layers").size(), "no layer is left out");
    } else {
        check_descriptors(std::get<Index>(document).manifests, json.at("manifests"));
    }
}

void check_manifest(std::string_view text, std::string_view announced) {
    const auto document = parse_manifest(text, announced, "document");
    if (!document) return must(document.error().kind == ErrorKind::Verify, "a wrong document is one of others");
    check_document(*document, text);
    const std::string once = written(*document);
    auto again = parse_manifest(once, announced, "document");
    // Docker's and OCI's types of one kind may be announced for one another; a config may lack its type
    must(again.has_value(), "what was written can be read");
    must(*again == *document && written(*again) == once, "what was written reads the same");
}

void check_config(std::string_view text) {
    const auto config = parse_image_config(text, "config");
    if (!config) return must(config.error().kind == ErrorKind::Verify, "a wrong document is one of others");
    must(config->json == text, "the document stays a document");
    const Json document = Json::parse(text);
    for (std::size_t at = 0; at < config->diff_ids.size(); ++at)
        must(document.at("rootfs").at("diff_ids").at(at) == config->diff_ids[at].text(), "a diff_id is that of the text");
    const auto again = parse_image_config(dump_json(document), "config");
    must(again.has_value(), "the form of the JSON does not matter");
    must(again->platform == config->platform && again->env == config->env && again->user == config->user &&
             again->working_dir == config->working_dir && again->entrypoint == config->entrypoint && again->cmd == config->cmd &&
             again->shell == config->shell && again->on_build == config->on_build && again->diff_ids == config->diff_ids &&
             again->created == config->created,
         "a configuration means the same in any form of its JSON");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    for (const std::string_view announced : {std::string_view(), media_type::kIndex, media_type::kManifest, media_type::kDockerList})
        check_manifest(text, announced);
    check_config(text);
    return 0;
}
