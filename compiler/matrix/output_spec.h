// Where a result goes: `-o` of the command line and `output` of mabplan.yaml. Knows buildx's spelling; does not know which types exist.
#pragma once

#include "plans/base/result.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan::compiler {

struct OutputSpec {
    std::string type;                          // "oci", "local", "tar", "registry", "cacheonly", …
    std::map<std::string, std::string> attrs;  // all but the type: "dest", "tar", "name", "compression", …
    std::optional<SourcePlace> place;          // nothing: from the command line

    bool operator==(const OutputSpec& other) const { return type == other.type && attrs == other.attrs; }
};

// "type=oci,dest=x,tar=false" (one CSV record: a field may stand in double quotes, "" is a quote). A text without '=' is a
// folder to write to: type=local,dest=TEXT; "-" is type=tar,dest=-. Keys are lower-cased. Input errors: an empty text, a field
// without '=', a repeated key, no type, a quote that does not end. (buildx, util/buildflags/export.go)
Result<OutputSpec> parse_output_spec(std::string_view csv, const std::optional<SourcePlace>& place = std::nullopt);
// The same for cache_from and cache_to, where a text without '=' is type=registry,ref=TEXT.
Result<OutputSpec> parse_cache_spec(std::string_view csv, const std::optional<SourcePlace>& place = std::nullopt);
// From attributes that are apart already (the map form); `attrs` holds the type.
Result<OutputSpec> make_output_spec(std::map<std::string, std::string> attrs, const std::optional<SourcePlace>& place);

}  // namespace mabplan::compiler
