// Any text as mabplan.yaml. It is a value, or mistakes each of which has its place in this text, in the order of the text; the same ones
// each time, with and without variables of the environment set.
#include "compiler/matrix/read_matrix.h"
#include "compiler/matrix/yaml_document.h"
#include "tests/fuzz/oracle.h"
#include "tests/unit/compiler/matrix/map_environment.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace {

using namespace mabplan;
using tests::must;

void check_place(const SourcePlace& place, const SourceTextPtr& text) {
    must(place.text == text, "a place is in the text that was read");
    must(place.first() <= place.line && place.line <= text->line_count() && place.last() <= text->line_count(), "lines are in the text");
    must(place.column <= text->line(place.line).size() + 1, "a column is on its line, or right behind it");
}

void check_error(const Error& error, const SourceTextPtr& text) {
    must(error.kind == ErrorKind::Input, "a wrong text is an input error");
    must(error.place.has_value(), "a mistake has its place");
    check_place(*error.place, text);
    must(!error.message.empty() && format_error(error).ends_with('\n'), "a mistake is a message");
}

void check_nodes(const compiler::YamlNode& node, const SourceTextPtr& text) {
    if (node.place.text) check_place(node.place, text);
    for (const compiler::YamlNode& item : node.items) check_nodes(item, text);
    for (const compiler::YamlEntry& entry : node.entries) {
        check_place(entry.key_place, text);
        must(node.find(entry.key) == &entry, "keys of a map differ");
        check_nodes(entry.value, text);
    }
}

std::string said(const Errors& errors) {
    std::string text;
    for (const Error& error : errors) text += format_error(error);
    return text;
}

void check_matrix(const SourceTextPtr& text, const compiler::Environment& environment) {
    const compiler::MatrixRequest request{{"linux", "amd64", {}, {}, {}}, {}};
    const auto matrix = compiler::read_matrix(text, environment, request);
    const auto again = compiler::read_matrix(text, environment, request);
    must(matrix.has_value() == again.has_value(), "a text is right or wrong each time");
    if (matrix) {
        for (const compiler::Warning& warning : matrix->warnings) check_place(warning.place, text);
        for (const compiler::Target& target : matrix->targets) {
            must(compiler::find_target(*matrix, target.name) == &target, "a target is found by its name");
            for (const compiler::Cell& cell : target.cells) check_place(cell.place, text);
        }
        must(compiler::select_targets(*matrix, {}).has_value(), "without names there is something to build");
        return;
    }
    must(!matrix.error().empty(), "what is refused has a reason");
    must(said(matrix.error()) == said(again.error()), "mistakes are the same each time");
    std::pair<std::size_t, std::size_t> before;
    for (const Error& error : matrix.error()) {
        check_error(error, text);
        const std::pair place(error.place->line, error.place->column);
        must(before <= place, "mistakes are in the order of the text");
        before = place;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto text = std::make_shared<SourceText>("mabplan.yaml", std::string(reinterpret_cast<const char*>(bytes), size));
    const auto document = compiler::parse_yaml(text);
    if (document) check_nodes(*document, text);
    else check_error(document.error(), text);
    check_matrix(text, compiler::MapEnvironment({}));
    check_matrix(text, compiler::MapEnvironment({{"VERSION", "1.2"}, {"EMPTY", ""}, {"ODD", "a: [b"}}));
    return 0;
}
