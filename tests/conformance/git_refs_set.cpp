#include "tests/conformance/sets.h"

#include "compiler/sources/git_reference.h"

namespace mabplan::conformance {

namespace {

using namespace mabplan::compiler;

// Only what is set, as the data leaves the rest out.
Json dump(const GitReference& reference) {
    Json out = Json::object();
    const auto put = [&](const char* key, const Json& value, bool present) {
        if (present) out[key] = value;
    };
    put("remote", reference.remote, !reference.remote.empty());
    put("short_name", reference.short_name, !reference.short_name.empty());
    put("ref", reference.ref, !reference.ref.empty());
    put("subdir", reference.subdir, !reference.subdir.empty());
    put("checksum", reference.checksum, !reference.checksum.empty());
    put("mtime", reference.mtime, !reference.mtime.empty());
    put("fetch_by_commit", true, reference.fetch_by_commit);
    put("could_be_local_path", true, reference.could_be_local_path);
    put("unencrypted_tcp", true, reference.unencrypted_tcp);
    return out;
}

Outcome check_parse(const Json& one) {
    const auto reference = parse_git_reference(text_of(one, "input"));
    if (!reference) return compare_error(one, reference.error().message);
    if (!*reference) return compare_error(one, "no git address");
    if (wants_error(one)) return missing_error(dump(**reference));
    return compare(one.at("git"), dump(**reference));
}

Outcome check_fragment(const Json& one) {
    const std::string input = text_of(one, "input");
    const auto reference = parse_git_reference(input);
    const bool ok = reference && *reference;
    const SubdirForm form = one.at("with_subdir").get<bool>() ? SubdirForm::Shown : SubdirForm::Left;
    const std::string output = ok ? format_git_fragment(**reference, form) : input;
    return compare({{"ok", one.at("ok")}, {"output", one.at("output")}}, {{"ok", ok}, {"output", output}});
}

}  // namespace

Outcome check_git_refs(const Json& one) {
    const std::string kind = text_of(one, "kind");
    if (kind == "parse") return check_parse(one);
    if (kind == "fragment") return check_fragment(one);
    return skipped("unknown kind " + kind);
}

}  // namespace mabplan::conformance
