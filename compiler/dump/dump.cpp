#include "compiler/dump/dump.h"

#include "compiler/dockerfile/ignore_file.h"
#include "compiler/dump/instruction_fields.h"
#include "compiler/lower/needed_stages.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan::compiler {

namespace {

std::string line_range(std::size_t first, std::size_t last) { return last > first ? format("{}-{}", first, last) : std::to_string(first); }

// {"a": "x", "b": true} as `a="x" b`.
std::string fields_text(const OrderedJson& fields) {
    std::vector<std::string> parts;
    for (const auto& [name, value] : fields.items()) {
        if (value.is_boolean() && value.get<bool>()) parts.push_back(name);
        else parts.push_back(format("{}={}", name, value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace)));
    }
    return format("{}", join(parts, " "));
}

OrderedJson ast_document(const Dockerfile& dockerfile) {
    OrderedJson document{{"dockerfile", dockerfile.source->name()}, {"escape", std::string(1, dockerfile.escape)}};
    document["directives"] = OrderedJson::object();
    for (const Directive& directive : dockerfile.directives) document["directives"][directive.name] = directive.value;
    document["instructions"] = OrderedJson::array();
    for (const Instruction& instruction : dockerfile.instructions) {
        OrderedJson one{{"line", instruction.place.line},
                        {"last_line", std::max(instruction.place.line, instruction.place.last_line)},
                        {"instruction", instruction_name(instruction)}};
        if (!instruction.flags.empty()) one["flags"] = instruction.flags;
        const OrderedJson fields = instruction_fields(instruction.body);
        for (const auto& [name, value] : fields.items()) one[name] = value;
        document["instructions"].push_back(std::move(one));
    }
    return document;
}

OrderedJson stages_document(const StageGraph& graph, const GlobalArguments& global, char escape) {
    WordRules rules;
    rules.escape = escape;
    OrderedJson document{{"dockerfile", graph.source->name()}, {"stages", OrderedJson::array()}};
    for (const Stage& stage : graph.stages) {
        const From& from = std::get<From>(stage.from->body);
        const Instruction& last = stage.instructions.empty() ? *stage.from : *stage.instructions.back();
        OrderedJson one{{"number", stage.number},
                        {"name", stage.display_name()},
                        {"line", stage.from->place.line},
                        {"last_line", std::max(last.place.line, last.place.last_line)},
                        {"from", from.image}};
        const auto image = expand_word(from.image, global, rules);
        if (image && *image != from.image) one["image"] = *image;
        if (!from.platform.empty()) one["platform"] = from.platform;
        if (!from.description.empty()) one["description"] = from.description;
        for (const std::size_t other : stages_named_by(graph, stage, global, rules))
            one["needs"].push_back(graph.stages[other].display_name());
        one["instructions"] = stage.instructions.size();
        document["stages"].push_back(std::move(one));
    }
    return document;
}

}  // namespace

std::string dump_ast(const Dockerfile& dockerfile, DumpForm form) {
    OrderedJson document = ast_document(dockerfile);
    if (form == DumpForm::Json) return dump_json_pretty(document);
    std::string out;
    for (const auto& [name, value] : document["directives"].items()) out += format("# {}={}\n", name, value.get<std::string>());
    for (OrderedJson& one : document["instructions"]) {
        const std::string lines = line_range(one["line"], one["last_line"]);
        const std::string name = one["instruction"];
        for (const char* shown : {"line", "last_line", "instruction", "flags"}) one.erase(shown);
        out += format("{:>9}  {:<11} {}\n", lines, name, fields_text(one));
    }
    return out;
}

std::string dump_stages(const StageGraph& graph, const GlobalArguments& global, char escape, DumpForm form) {
    OrderedJson document = stages_document(graph, global, escape);
    if (form == DumpForm::Json) return dump_json_pretty(document);
    std::string out;
    for (OrderedJson& one : document["stages"]) {
        const std::string lines = line_range(one["line"], one["last_line"]);
        const std::string name = one["name"];
        const std::size_t number = one["number"];
        for (const char* shown : {"line", "last_line", "number", "name"}) one.erase(shown);
        out += format("{:>3}  {:<20} {:>9}  {}\n", number, name, lines, fields_text(one));
    }
    return out;
}

Result<std::string> dump_ignore(const SourceTextPtr& source, const std::vector<std::string>& paths, DumpForm form) {
    MABPLAN_TRY(patterns, parse_ignore_file(source));
    OrderedJson document{{"patterns", patterns.patterns()}, {"paths", OrderedJson::object()}};
    for (const std::string& path : paths) document["paths"][path] = patterns.matches(clean_path(path)) ? "excluded" : "included";
    if (form == DumpForm::Json) return dump_json_pretty(document);
    std::string out;
    for (const std::string& pattern : patterns.patterns())
        out += (pattern.starts_with('!') ? "include  " + pattern.substr(1) : "exclude  " + pattern) + "\n";
    for (const auto& [path, verdict] : document["paths"].items()) out += format("{}  is {}\n", quoted(path), verdict.get<std::string>());
    return out;
}

}  // namespace mabplan::compiler
