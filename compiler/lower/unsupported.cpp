#include "compiler/lower/unsupported.h"

#include "plans/base/format.h"

namespace mabplan::compiler {

namespace {

void refuse(Errors& errors, const Target& target, const Places& places, const std::string& key) {
    const auto found = places.find(key);
    errors.push_back(input_error(found == places.end() ? target.place : found->second, format("{} is not supported yet", key),
                                 "leave it out").value());
}

}  // namespace

Errors refuse_unsupported(const Target& target, const Cell& cell) {
    Errors errors;
    const Build& build = cell.build;
    const std::pair<const char*, bool> keys[] = {
        {"test", !build.tests.empty()},      {"cache_from", !build.cache_from.empty()}, {"cache_to", !build.cache_to.empty()},
        {"provenance", build.provenance.value_or("false") != "false"}, {"sbom", build.sbom.value_or("false") != "false"}};
    for (const auto& [key, given] : keys)
        if (given) refuse(errors, target, build.places, key);
    return errors;
}

}  // namespace mabplan::compiler
