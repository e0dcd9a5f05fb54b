#include "tests/conformance/sets.h"

#include "compiler/dockerfile/command_line.h"

namespace mabplan::conformance {

namespace {

using namespace mabplan::compiler;

Outcome check_array(const Json& one) {
    const auto words = parse_string_array(text_of(one, "text"));
    if (!words) return compare_error(one, words.error() == ArrayProblem::NotStrings ? "not-strings" : "not-json");
    if (wants_error(one)) return missing_error(*words);
    return compare(one.at("items"), *words);
}

// The words of shell form are the pieces of one text here: the text is what stands in the Dockerfile.
Outcome check_join(const Json& one) {
    CommandLine command;
    const auto words = one.at("words").get<std::vector<std::string>>();
    command.form = one.at("json").get<bool>() ? CommandForm::Exec : CommandForm::Shell;
    if (command.form == CommandForm::Exec) command.words = words;
    else
        for (const std::string& word : words) command.shell_text += (command.shell_text.empty() ? "" : " ") + word;
    return compare(one.at("command"), command_words(command));
}

}  // namespace

Outcome check_json_form(const Json& one) {
    const std::string kind = text_of(one, "kind");
    if (kind == "array") return check_array(one);
    if (kind == "join") return check_join(one);
    return skipped("unknown kind " + kind);
}

}  // namespace mabplan::conformance
