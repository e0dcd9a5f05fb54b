#include "compiler/dockerfile/command_line.h"

#include "plans/base/json.h"
#include "plans/base/text.h"

namespace mabplan::compiler {

std::vector<std::string> command_words(const CommandLine& command) {
    if (command.form == CommandForm::Exec) return command.words;
    if (command.shell_text.empty()) return {};
    return {command.shell_text};
}

tl::expected<std::vector<std::string>, ArrayProblem> parse_string_array(std::string_view text) {
    text = trim(text);
    if (!text.starts_with('[')) return tl::unexpected(ArrayProblem::NotJson);
    const auto array = parse_json(text, "array");
    if (!array || !array->is_array()) return tl::unexpected(ArrayProblem::NotJson);
    std::vector<std::string> words;
    for (const Json& element : *array) {
        if (!element.is_string()) return tl::unexpected(ArrayProblem::NotStrings);
        words.push_back(element.get<std::string>());
    }
    return words;
}

}  // namespace mabplan::compiler
