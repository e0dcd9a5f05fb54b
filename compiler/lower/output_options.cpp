#include "compiler/lower/output_options.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/oci/reference.h"

#include <algorithm>

namespace mabplan::compiler {

Failure refuse_output(const OutputSpec& spec, std::string message, std::string hint) {
    return fail(Error{.kind = ErrorKind::Input, .message = std::move(message), .place = spec.place, .hint = std::move(hint)});
}

const std::string* OutputOptions::find(const char* key) const {
    const auto found = spec_.attrs.find(key);
    return found == spec_.attrs.end() ? nullptr : &found->second;
}

Result<bool> OutputOptions::flag(const char* key, bool otherwise) const {
    const std::string* text = find(key);
    if (text == nullptr) return otherwise;
    // as Go reads them, and so BuildKit
    const std::string word = to_lower(*text);
    if (word == "true" || word == "t" || word == "1") return true;
    if (word == "false" || word == "f" || word == "0") return false;
    return refuse_output(spec_, format("{}={} is neither true nor false", key, *text), {});
}

Result<Compression> OutputOptions::compression(Compression otherwise) const {
    const std::string* name = find("compression");
    if (name == nullptr) return otherwise;
    auto parsed = parse_compression(*name);
    if (!parsed) return refuse_output(spec_, parsed.error().message, "use gzip, zstd or uncompressed");
    return *parsed;
}

Result<std::string> OutputOptions::destination(OutputForm form) const {
    const std::string* path = find("dest");
    if (path == nullptr && form == OutputForm::File) return std::string("-");
    if (path == nullptr || path->empty()) return refuse_output(spec_, format("type={} needs a destination", spec_.type), "add dest=PATH");
    if (*path == "-" && form == OutputForm::Folder)
        return refuse_output(spec_, "a folder can't be written to standard output", "give a path, or write a tar");
    return *path;
}

Result<std::vector<std::string>> OutputOptions::names() const {
    std::vector<std::string> names;
    const std::string* text = find("name");
    if (text == nullptr) return names;
    for (const std::string_view part : split(*text, ',')) {
        if (trim(part).empty()) continue;
        auto reference = parse_reference(trim(part));
        if (!reference) return refuse_output(spec_, reference.error().message, reference.error().hint);
        if (reference->digest)
            return refuse_output(spec_, format("the name {} has a digest, and what is built has its own", quoted(part)), "leave it out");
        std::string full = format_reference(*reference);
        if (std::find(names.begin(), names.end(), full) == names.end()) names.push_back(std::move(full));
    }
    return names;
}

Status OutputOptions::only(const char* key, bool value, const char* why) const {
    MABPLAN_TRY(asked, flag(key, value));
    if (asked == value) return {};
    return refuse_output(spec_, format("type={} can't have {}={}", spec_.type, key, asked), why);
}

}  // namespace mabplan::compiler
