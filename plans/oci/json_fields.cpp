#include "plans/oci/json_fields.h"

#include "plans/base/format.h"

namespace mabplan {

namespace {

Failure wrong_type(JsonObject object, const char* key, std::string_view expected) {
    return fail(ErrorKind::Verify, format("{}: \"{}\" is not {}", object.what, key, expected));
}

const Json* find_present(JsonObject object, const char* key) {
    const Json* found = find_member(object.json, key);
    return found == nullptr || found->is_null() ? nullptr : found;
}

}  // namespace

Result<std::string> read_text_field(JsonObject object, const char* key) {
    const Json* found = find_present(object, key);
    if (found == nullptr) return std::string();
    if (!found->is_string()) return wrong_type(object, key, "a text");
    return found->get<std::string>();
}

Result<std::vector<std::string>> read_list_field(JsonObject object, const char* key) {
    std::vector<std::string> list;
    const Json* found = find_present(object, key);
    if (found == nullptr) return list;
    if (!found->is_array()) return wrong_type(object, key, "a list of texts");
    for (const Json& item : *found) {
        if (!item.is_string()) return wrong_type(object, key, "a list of texts");
        list.push_back(item.get<std::string>());
    }
    return list;
}

Result<std::map<std::string, std::string>> read_map_field(JsonObject object, const char* key) {
    std::map<std::string, std::string> map;
    const Json* found = find_present(object, key);
    if (found == nullptr) return map;
    if (!found->is_object()) return wrong_type(object, key, "an object of texts");
    for (const auto& [name, value] : found->items()) {
        if (!value.is_string()) return wrong_type(object, key, "an object of texts");
        map.emplace(name, value.get<std::string>());
    }
    return map;
}

Result<Platform> read_platform_fields(JsonObject object) {
    Platform platform;
    MABPLAN_TRY(os, read_text_field(object, "os"));
    MABPLAN_TRY(architecture, read_text_field(object, "architecture"));
    MABPLAN_TRY(variant, read_text_field(object, "variant"));
    MABPLAN_TRY(version, read_text_field(object, "os.version"));
    MABPLAN_TRY(features, read_list_field(object, "os.features"));
    platform.os = std::move(os);
    platform.architecture = std::move(architecture);
    platform.variant = std::move(variant);
    platform.os_version = std::move(version);
    platform.os_features = std::move(features);
    return platform;
}

}  // namespace mabplan
