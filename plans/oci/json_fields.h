// Typed fields of an OCI document: a missing or null field is its empty value, one of another type is a Verify error.
#pragma once

#include "plans/base/json.h"
#include "plans/oci/platform.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

// An object inside a document and what the document is called in messages.
struct JsonObject {
    const Json& json;
    std::string_view what;
};

Result<std::string> read_text_field(JsonObject object, const char* key);
Result<std::vector<std::string>> read_list_field(JsonObject object, const char* key);
Result<std::map<std::string, std::string>> read_map_field(JsonObject object, const char* key);
// os, architecture, variant, os.version, os.features as they stand in descriptors and in configurations.
Result<Platform> read_platform_fields(JsonObject object);

}  // namespace mabplan
