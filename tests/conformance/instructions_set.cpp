#include "tests/conformance/sets.h"

#include "compiler/dockerfile/flag_words.h"
#include "compiler/dockerfile/parser.h"

#include <algorithm>
#include <map>

namespace mabplan::conformance {

namespace {

using namespace mabplan::compiler;

SourceTextPtr source_of(const std::string& text) { return std::make_shared<SourceText>("Dockerfile", text); }

Json describe_run(const CommandLine& command) {
    Json files = Json::array();
    for (const Heredoc& each : command.heredocs) files.push_back({{"name", each.name}, {"data", each.content}, {"chomp", each.chomp}});
    return {{"shell", command.form == CommandForm::Shell}, {"command", command_words(command)}, {"files", files}};
}

Json describe_copy(const Transfer& transfer) {
    Json contents = Json::array();
    for (const Heredoc& each : transfer.files) contents.push_back({{"path", each.name}, {"data", each.text()}, {"expand", each.expand}});
    return {{"dest", transfer.destination}, {"sources", transfer.sources}, {"contents", contents}};
}

// Everything that a case can ask about the instruction.
Json describe(const Instruction& instruction) {
    if (const auto* run = std::get_if<Run>(&instruction.body)) {
        Json description = describe_run(run->command);
        description["flags"] = run->flags_given;
        description["used"] = run->flags_given;
        return description;
    }
    if (const auto* check = std::get_if<Healthcheck>(&instruction.body)) return {{"test", healthcheck_test(*check)}, {"ok", true}};
    if (const auto* cmd = std::get_if<Cmd>(&instruction.body)) return describe_run(cmd->command);
    if (const auto* entrypoint = std::get_if<Entrypoint>(&instruction.body)) return describe_run(entrypoint->command);
    if (const auto* copy = std::get_if<Copy>(&instruction.body)) return describe_copy(*copy);
    if (const auto* add = std::get_if<Add>(&instruction.body)) return describe_copy(*add);
    return Json::object();
}

Outcome compare_members(const Json& one, const Json& obtained) {
    Json wanted = Json::object();
    for (const auto& [key, value] : one.items())
        if (key != "id" && key != "kind" && key != "dockerfile" && key != "value") wanted[key] = value;
    Json compared = Json::object();
    for (const auto& [key, value] : wanted.items()) compared[key] = member_of(obtained, key.c_str());
    return compare(wanted, compared);
}

Outcome check_instruction(const Json& one) {
    const auto instruction = parse_instruction(source_of(text_of(one, "dockerfile")));
    if (!instruction) return compare_error(one, instruction.error()[0].message);
    if (wants_error(one)) return missing_error(describe(*instruction));
    return compare_members(one, describe(*instruction));
}

FlagKind flag_kind(const std::string& type) {
    if (type == "bool") return FlagKind::Switch;
    return type == "strings" || type == "list" ? FlagKind::List : FlagKind::Text;
}

Json flag_value(const Flags& flags, const Json& declared) {
    const std::string name = text_of(declared, "name");
    if (!flags.given(name)) return member_of(declared, "default");
    const FlagKind kind = flag_kind(text_of(declared, "type"));
    if (kind == FlagKind::Switch) return flags.is_on(name);
    return kind == FlagKind::List ? Json(flags.list(name)) : Json(flags.text(name));
}

Outcome check_flags(const Json& one) {
    std::vector<FlagRule> rules;
    for (const Json& each : one.at("declared")) rules.push_back({text_of(each, "name"), flag_kind(text_of(each, "type"))});
    std::vector<FlagWord> words;
    for (const Json& each : one.at("args")) words.push_back({each.get<std::string>(), 0, 0});
    const auto flags = parse_flags(words, rules);
    if (!flags) return compare_error(one, flags.error().message);
    if (wants_error(one)) return missing_error(flags->names());
    for (const Json& declared : one.at("declared")) {
        const std::string name = text_of(declared, "name");
        const Json wanted = member_of(member_of(one, "values"), name.c_str());
        if (!wanted.is_null() && wanted != flag_value(*flags, declared)) return compare(wanted, flag_value(*flags, declared));
        const Json used = member_of(member_of(one, "used"), name.c_str());
        if (!used.is_null() && used != flags->given(name)) return compare(used, flags->given(name));
    }
    return one.contains("used_sorted") ? compare(one.at("used_sorted"), flags->names()) : passed();
}

Outcome check_device(const Json& one) {
    const auto device = parse_device(text_of(one, "value"));
    if (!device) return compare_error(one, device.error().message);
    if (wants_error(one)) return missing_error(device->name);
    return compare({{"name", one.at("name")}, {"required", one.at("required")}}, {{"name", device->name}, {"required", device->required}});
}

Outcome check_no_crash(const Json& one) {
    for (const Json& text : one.at("dockerfiles")) static_cast<void>(parse_dockerfile(source_of(text.get<std::string>())));
    return passed();
}

using Scopes = std::map<std::string, std::vector<const Instruction*>>;

// Instructions by scope; a stage's FROM is not among them.
Scopes cut_scopes(const Dockerfile& dockerfile, std::map<std::string, const From*>& stages) {
    Scopes scopes;
    std::string scope = "global";
    for (const Instruction& each : dockerfile.instructions) {
        const From* from = std::get_if<From>(&each.body);
        if (from == nullptr) scopes[scope].push_back(&each);
        else stages[scope = "stage " + std::to_string(stages.size())] = from;
    }
    return scopes;
}

Outcome check_descriptions(const Json& one) {
    const auto dockerfile = parse_dockerfile(source_of(text_of(one, "dockerfile")));
    if (!dockerfile) return compare_error(one, dockerfile.error()[0].message);
    std::map<std::string, const From*> stages;
    const Scopes scopes = cut_scopes(*dockerfile, stages);
    for (const Json& wanted : one.at("comments")) {
        const std::string scope = text_of(wanted, "scope");
        Json obtained;
        if (!wanted.contains("name")) obtained = stages.at(scope)->description;
        else {
            const auto index = static_cast<std::size_t>(find_integer(wanted, "instruction").value_or(0));
            const auto* arg = std::get_if<Arg>(&scopes.at(scope).at(index)->body);
            if (arg == nullptr) return failed("instruction " + std::to_string(index) + " of " + scope + " is no ARG");
            obtained = arg->definitions.at(static_cast<std::size_t>(find_integer(wanted, "arg").value_or(0))).description;
        }
        if (obtained != wanted.at("comment")) return compare(wanted, obtained);
    }
    return passed();
}

}  // namespace

Outcome check_instructions(const Json& one) {
    const std::string kind = text_of(one, "kind");
    if (kind == "flags") return check_flags(one);
    if (kind == "device") return check_device(one);
    if (kind == "no-crash") return check_no_crash(one);
    if (kind == "doc-comments") return check_descriptions(one);
    for (const char* known : {"error", "interval", "healthcheck", "flags-used", "run", "copy"})
        if (kind == known) return check_instruction(one);
    return skipped("unknown kind " + kind);
}

}  // namespace mabplan::conformance
