#include "plans/oci/manifest.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/oci/json_fields.h"

#include <algorithm>

namespace mabplan {

namespace {

constexpr std::size_t kMaxBytes = 4U << 20U;  // what registries must take at least (distribution-spec, "Pushing Manifests")

Failure refuse(std::string_view what, std::string_view why) { return fail(ErrorKind::Verify, format("{} {}", what, why)); }

constexpr int kDeepestIndex = 8;  // of indexes inside indexes

enum class MediaType { Needed, MayBeMissing };

Result<Descriptor> read_descriptor(const Json& json, std::string_view what, MediaType media_type = MediaType::Needed) {
    if (!json.is_object()) return refuse(what, "has a descriptor that is not an object");
    const JsonObject object{json, what};
    Descriptor descriptor;
    MABPLAN_TRY(type, read_text_field(object, "mediaType"));
    MABPLAN_TRY(digest_text, read_text_field(object, "digest"));
    MABPLAN_TRY(annotations, read_map_field(object, "annotations"));
    Result<Digest> digest = Digest::parse(digest_text);
    if (!digest) return refuse(what, format("has a descriptor with a bad digest: {}", digest.error().message));
    const std::optional<std::int64_t> size = find_integer(json, "size");
    if (!size || *size < 0) return refuse(what, format("gives no size for {}", digest->text()));
    if (type.empty() && media_type == MediaType::Needed) return refuse(what, format("gives no media type for {}", digest->text()));
    if (const Json* platform = find_member(json, "platform"); platform != nullptr && !platform->is_null()) {
        MABPLAN_TRY(value, read_platform_fields({*platform, what}));
        descriptor.platform = std::move(value);
    }
    descriptor.artifact_type = find_string(json, "artifactType").value_or("");
    descriptor.media_type = std::move(type);
    descriptor.digest = std::move(*digest);
    descriptor.size = static_cast<std::uint64_t>(*size);
    descriptor.annotations = std::move(annotations);
    return descriptor;
}

// A digest of another algorithm than ours, which an index may have for images that are not asked for (image-spec, descriptor.md,
// "Digests").
bool is_of_other_algorithm(const Json& descriptor) {
    const std::string digest = find_string(descriptor, "digest").value_or("");
    const std::size_t colon = digest.find(':');
    return colon != std::string::npos && colon > 0 && colon + 1 < digest.size() && digest.substr(0, colon) != "sha256";
}

enum class OtherDigests { Refused, LeftOut };

// As Go has it, an empty list may be null.
Result<std::vector<Descriptor>> read_descriptors(JsonObject document, const char* key, OtherDigests others) {
    std::vector<Descriptor> descriptors;
    const Json* list = find_member(document.json, key);
    if (list != nullptr && list->is_null()) return descriptors;
    if (list == nullptr || !list->is_array()) return refuse(document.what, format("has no list \"{}\"", key));
    for (const Json& item : *list) {
        if (others == OtherDigests::LeftOut && is_of_other_algorithm(item)) continue;
        MABPLAN_TRY(descriptor, read_descriptor(item, document.what));
        descriptors.push_back(std::move(descriptor));
    }
    return descriptors;
}

// What both kinds may have beside what they name (image-spec 1.1, "subject" and "artifactType"). Nothing of an image hangs on it, so what
// is not understood is as if it were not there.
template <class Document>
void read_relation(JsonObject json, Document& document) {
    document.artifact_type = find_string(json.json, "artifactType").value_or("");
    const Json* subject = find_member(json.json, "subject");
    if (subject == nullptr) return;
    if (auto descriptor = read_descriptor(*subject, json.what)) document.subject = std::move(*descriptor);
}

Result<Manifest> read_manifest(JsonObject document) {
    const Json* config = find_member(document.json, "config");
    if (config == nullptr || !config->is_object()) return refuse(document.what, "has no config: it is not an image");
    Manifest manifest;
    MABPLAN_TRY(descriptor, read_descriptor(*config, document.what, MediaType::MayBeMissing));
    MABPLAN_TRY(layers, read_descriptors(document, "layers", OtherDigests::Refused));
    MABPLAN_TRY(annotations, read_map_field(document, "annotations"));
    manifest.config = std::move(descriptor);
    manifest.layers = std::move(layers);
    manifest.annotations = std::move(annotations);
    read_relation(document, manifest);
    return manifest;
}

Result<Index> read_index(JsonObject document) {
    Index index;
    MABPLAN_TRY(manifests, read_descriptors(document, "manifests", OtherDigests::LeftOut));
    MABPLAN_TRY(annotations, read_map_field(document, "annotations"));
    index.manifests = std::move(manifests);
    index.annotations = std::move(annotations);
    read_relation(document, index);
    return index;
}

// The media type inside, else the one that was announced, else what the fields show. A document that could be read as both kinds
// is refused (CVE-2021-41190); that OCI's type is announced for Docker's, or the other way round, misleads nobody.
Result<std::string> find_type(JsonObject document, std::string_view expected_type) {
    MABPLAN_TRY(inside, read_text_field(document, "mediaType"));
    const bool same_kind =
        (is_index_type(inside) && is_index_type(expected_type)) || (is_manifest_type(inside) && is_manifest_type(expected_type));
    if (!inside.empty() && !expected_type.empty() && inside != expected_type && !same_kind)
        return refuse(document.what,
                      format("says it is {}, but {} was announced", mabplan::quoted(inside), mabplan::quoted(expected_type)));
    const auto has = [&](const char* key) {
        const Json* found = find_member(document.json, key);
        return found != nullptr && !found->is_null();
    };
    const bool as_index = has("manifests");
    const bool as_manifest = has("layers") || has("config");
    if (as_index && as_manifest) return refuse(document.what, "could be read as a manifest and as an index: it is refused");
    if (!inside.empty()) return inside;
    if (!expected_type.empty()) return std::string(expected_type);
    return std::string(as_index ? media_type::kIndex : media_type::kManifest);
}

Json to_json(const Platform& platform) {
    Json json{{"architecture", platform.architecture}, {"os", platform.os}};
    if (!platform.variant.empty()) json["variant"] = platform.variant;
    if (!platform.os_version.empty()) json["os.version"] = platform.os_version;
    if (!platform.os_features.empty()) json["os.features"] = platform.os_features;
    return json;
}

Json to_json(const Descriptor& descriptor) {
    Json json{{"mediaType", descriptor.media_type}, {"digest", descriptor.digest.text()}, {"size", descriptor.size}};
    if (descriptor.platform) json["platform"] = to_json(*descriptor.platform);
    if (!descriptor.annotations.empty()) json["annotations"] = descriptor.annotations;
    if (!descriptor.artifact_type.empty()) json["artifactType"] = descriptor.artifact_type;
    return json;
}

Json to_json(const std::vector<Descriptor>& descriptors) {
    Json list = Json::array();
    for (const Descriptor& descriptor : descriptors) list.push_back(to_json(descriptor));
    return list;
}

template <class Document>
void write_relation(const Document& document, Json& json) {
    if (!document.artifact_type.empty()) json["artifactType"] = document.artifact_type;
    if (document.subject) json["subject"] = to_json(*document.subject);
}

Json document_of(std::string_view type, const std::map<std::string, std::string>& annotations) {
    Json json{{"schemaVersion", 2}, {"mediaType", type}};
    if (!annotations.empty()) json["annotations"] = annotations;
    return json;
}

}  // namespace

Result<ImageDocument> parse_manifest(std::string_view text, std::string_view expected_type, std::string_view what) {
    MABPLAN_TRY(json, parse_json(text, what, ErrorKind::Verify, JsonLimits{kMaxBytes, 32}));
    if (!json.is_object()) return refuse(what, "is not a JSON object");
    const JsonObject document{json, what};
    const std::optional<std::int64_t> version = find_integer(json, "schemaVersion");
    if (version == 1)
        return fail(ErrorKind::Verify, format("{} is of Docker's schema 1, which is not supported", what),
                    "push the image again with a current tool");
    if (version.value_or(2) != 2 || (!version && json.contains("schemaVersion"))) return refuse(what, "has no \"schemaVersion\": 2");
    MABPLAN_TRY(type, find_type(document, expected_type));
    if (is_index_type(type)) {
        MABPLAN_TRY(index, read_index(document));
        return ImageDocument(std::move(index));
    }
    if (!is_manifest_type(type)) return refuse(what, format("is neither an image manifest nor an index, but {}", mabplan::quoted(type)));
    MABPLAN_TRY(manifest, read_manifest(document));
    return ImageDocument(std::move(manifest));
}

std::vector<Descriptor> named_in(const ImageDocument& document) {
    if (const auto* index = std::get_if<Index>(&document)) return index->manifests;
    const auto& manifest = std::get<Manifest>(document);
    std::vector<Descriptor> named = manifest.layers;
    named.push_back(manifest.config);
    return named;
}

const std::optional<Descriptor>& subject_of(const ImageDocument& document) {
    return std::visit([](const auto& each) -> const std::optional<Descriptor>& { return each.subject; }, document);
}

std::string_view type_of(const ImageDocument& document) {
    return std::holds_alternative<Index>(document) ? media_type::kIndex : media_type::kManifest;
}

namespace {

bool reach_below(const Descriptor& blob, int depth, const FindDocument& find_document, std::set<Digest>& reached) {
    if (!reached.insert(blob.digest).second || !is_image_document(blob)) return true;
    if (depth > kDeepestIndex) return false;
    const auto bytes = find_document(blob);
    const auto document = bytes ? parse_manifest(*bytes, blob.media_type, "") : Result<ImageDocument>(fail(ErrorKind::Verify, ""));
    if (!document) return false;
    const bool is_index = std::holds_alternative<Index>(*document);
    bool all = true;
    for (const Descriptor& named : named_in(*document)) {
        if (!is_index) reached.insert(named.digest);
        else if (!reach_below(named, depth + 1, find_document, reached)) all = false;
    }
    return all;
}

}  // namespace

bool reach_blobs(const Descriptor& root, const FindDocument& find_document, std::set<Digest>& reached) {
    return reach_below(root, 0, find_document, reached);
}

std::string write_manifest(const Manifest& manifest) {
    Json json = document_of(media_type::kManifest, manifest.annotations);
    json["config"] = to_json(manifest.config);
    json["layers"] = to_json(manifest.layers);
    write_relation(manifest, json);
    return dump_json(json);
}

Result<std::string> add_to_index(std::string_view text, const Descriptor& entry, std::string_view what) {
    MABPLAN_TRY(json, parse_json(text, what, ErrorKind::Verify, JsonLimits{kMaxBytes, 32}));
    if (!json.is_object() || !json.contains("manifests") || !json["manifests"].is_array()) return refuse(what, "is no index");
    Json& entries = json["manifests"];
    entries.push_back(to_json(entry));
    std::stable_sort(entries.begin(), entries.end(), [](const Json& a, const Json& b) {
        return find_string(a, "digest").value_or("") < find_string(b, "digest").value_or("");
    });
    return dump_json(json);
}

std::string write_index(const Index& index) {
    Json json = document_of(media_type::kIndex, index.annotations);
    json["manifests"] = to_json(index.manifests);
    write_relation(index, json);
    return dump_json(json);
}

}  // namespace mabplan
