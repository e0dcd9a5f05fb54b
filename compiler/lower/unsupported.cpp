#include "compiler/lower/unsupported.h"

#include "plans/base/format.h"

namespace mabplan::compiler {

namespace {

void refuse(Errors& errors, const Target& target, const Places& places, const std::string& key) {
    const auto found = places.find(key);
    errors.push_back(
        input_error(found == places.end() ? target.place : found->second, format("{} is not supported yet", key), "leave it out").value());
}

// Layers of Windows have another form (Files/ and Hives/), and no command of another system runs here. Where none would run, as from
// scratch, the image would still have what is Linux's: PATH, a shell, owners and modes of files.
void refuse_other_systems(Errors& errors, const Cell& cell) {
    if (cell.platform.os == "linux") return;
    Error error{ErrorKind::Input,
                format("{} can't be built: mabplan makes images for Linux alone", format_platform(cell.platform)),
                {},
                {},
                "build its programs in a stage for Linux, and take them out with -o type=local",
                {}};
    if (cell.place.text) error.place = cell.place;
    errors.push_back(std::move(error));
}

}  // namespace

Errors refuse_unsupported(const Target& target, const Cell& cell) {
    Errors errors;
    const Build& build = cell.build;
    refuse_other_systems(errors, cell);
    const std::pair<const char*, bool> keys[] = {{"test", !build.tests.empty()},
                                                 {"cache_from", !build.cache_from.empty()},
                                                 {"cache_to", !build.cache_to.empty()},
                                                 {"provenance", build.provenance.value_or("false") != "false"},
                                                 {"sbom", build.sbom.value_or("false") != "false"}};
    for (const auto& [key, given] : keys)
        if (given) refuse(errors, target, build.places, key);
    return errors;
}

}  // namespace mabplan::compiler
