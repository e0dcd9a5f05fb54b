// The schema that editors read names the same keys as the reader.
#include "compiler/matrix/keys.h"
#include "plans/base/json.h"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

Json schema() {
    std::ostringstream text;
    text << std::ifstream(MABPLAN_SCHEMA).rdbuf();
    const auto parsed = parse_json(text.str(), "mabplan.schema.json");
    REQUIRE(parsed);
    return *parsed;
}

std::set<std::string> property_names(const Json& object) {
    std::set<std::string> out;
    for (const auto& [key, value] : object.at("properties").items()) out.insert(key);
    return out;
}

std::set<std::string> as_set(std::span<const std::string> keys) { return {keys.begin(), keys.end()}; }

}  // namespace

TEST_CASE("the schema and the reader know the same keys") {
    const Json root = schema();
    const Json& definitions = root.at("definitions");
    CHECK(property_names(root) == as_set(root_keys()));
    CHECK(property_names(definitions.at("target")) == as_set(target_keys()));
    CHECK(property_names(definitions.at("platform_entry")) == as_set(platform_entry_keys()));
    for (const char* strict : {"target", "platform_entry", "secret_use", "test", "registry"}) {
        CAPTURE(strict);
        CHECK(definitions.at(strict).at("additionalProperties") == Json(false));
        CHECK(definitions.at(strict).at("patternProperties").contains("^x-"));
    }
}
