#include "compiler/matrix/output_spec.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace mabplan::compiler {

namespace {

using OptionalPlace = std::optional<SourcePlace>;

constexpr std::string_view kQuotes = "a field is in quotes from its begin to its end: \"dest=a,b\"";

Failure wrong(const OptionalPlace& place, std::string message, std::string hint = {}) {
    return fail(Error{ErrorKind::Input, std::move(message), place, {}, std::move(hint)});
}

// A field in double quotes from `at`, which is then behind it: "" in it is a quote.
Result<std::string> quoted_field(std::string_view csv, std::size_t& at, const OptionalPlace& place) {
    std::string field;
    for (++at;; ++at) {
        if (at >= csv.size()) return wrong(place, format("a double quote that does not end in {}", quoted(csv)));
        if (csv[at] == '"' && csv.substr(at + 1, 1) != "\"") break;
        if (csv[at] == '"') ++at;
        field += csv[at];
    }
    if (++at < csv.size() && csv[at] != ',')
        return wrong(place, format("text behind a closing quote in {}", quoted(csv)), std::string(kQuotes));
    return field;
}

// One without.
Result<std::string> plain_field(std::string_view csv, std::size_t& at, const OptionalPlace& place) {
    const std::string_view field = csv.substr(at, std::min(csv.find(',', at), csv.size()) - at);
    if (field.find('"') != std::string_view::npos)
        return wrong(place, format("a double quote inside a field of {}", quoted(csv)), std::string(kQuotes));
    at += field.size();
    return std::string(field);
}

// The fields of one CSV record (RFC 4180).
Result<std::vector<std::string>> csv_fields(std::string_view csv, const OptionalPlace& place) {
    std::vector<std::string> fields;
    for (std::size_t at = 0;; ++at) {
        MABPLAN_TRY(field, csv.substr(at, 1) == "\"" ? quoted_field(csv, at, place) : plain_field(csv, at, place));
        fields.push_back(std::move(field));
        if (at >= csv.size()) return fields;
    }
}

Result<OutputSpec> from_fields(const std::vector<std::string>& fields, const OptionalPlace& place) {
    std::map<std::string, std::string> attrs;
    for (const std::string& field : fields) {
        const std::size_t equals = field.find('=');
        if (equals == std::string::npos)
            return wrong(place, format("{} is no KEY=VALUE", quoted(field)), "fields are separated by commas: type=oci,dest=out.tar");
        std::string key = to_lower(trim(std::string_view(field).substr(0, equals)));
        if (key.empty()) return wrong(place, format("{} has no key before its =", quoted(field)));
        if (!attrs.emplace(key, field.substr(equals + 1)).second) return wrong(place, format("the key {} is there twice", quoted(key)));
    }
    return make_output_spec(std::move(attrs), place);
}

}  // namespace

Result<OutputSpec> make_output_spec(std::map<std::string, std::string> attrs, const OptionalPlace& place) {
    auto type = attrs.extract("type");
    if (type.empty() || type.mapped().empty())
        return wrong(place, "a type is missing", "say type=oci, type=local, type=tar, type=registry or type=cacheonly");
    return OutputSpec{std::move(type.mapped()), std::move(attrs), place};
}

Result<OutputSpec> parse_output_spec(std::string_view csv, const OptionalPlace& place) {
    if (trim(csv).empty()) return wrong(place, "an output is empty", "say a folder, or type=oci,dest=FILE");
    MABPLAN_TRY(fields, csv_fields(csv, place));
    if (fields.size() > 1 || fields[0].find('=') != std::string::npos) return from_fields(fields, place);
    return OutputSpec{fields[0] == "-" ? "tar" : "local", {{"dest", fields[0]}}, place};
}

Result<OutputSpec> parse_cache_spec(std::string_view csv, const OptionalPlace& place) {
    if (trim(csv).empty()) return wrong(place, "a cache is empty", "say an image reference, or type=registry,ref=REF");
    MABPLAN_TRY(fields, csv_fields(csv, place));
    if (fields.size() > 1 || fields[0].find('=') != std::string::npos) return from_fields(fields, place);
    return OutputSpec{"registry", {{"ref", fields[0]}}, place};
}

}  // namespace mabplan::compiler
