#include "tests/conformance/statement_dump.h"

#include "compiler/dockerfile/shell_pattern.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan::conformance {

namespace {

std::string escape_byte(char c) {
    constexpr std::string_view kEscaped = "\"\\\a\b\f\n\r\t\v";
    constexpr std::string_view kLetters = "\"\\abfnrtv";
    const std::size_t found = kEscaped.find(c);
    if (found != std::string_view::npos) return {'\\', kLetters[found]};
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f) return format("\\x{:02x}", byte);
    return {c};
}

std::string quote(std::string_view text) {
    std::string out = "\"";
    for (const std::string_view character : compiler::split_characters(text))
        out += character.size() > 1 ? std::string(character) : escape_byte(character[0]);
    return out + "\"";
}

std::string dump_arguments(const compiler::Statement& statement) {
    std::string out;
    if (!statement.kind) return " \"\"";
    for (const compiler::Statement& trigger : statement.trigger) out += " " + dump_statement(trigger);
    if (!statement.trigger.empty()) return out;
    for (const std::string& argument : statement.arguments) out += " " + quote(argument);
    for (const compiler::NameValue& pair : statement.pairs)
        out +=
            format(" {} {} {}", quote(pair.name), quote(pair.value), statement.pair_form == compiler::PairForm::Equals ? "\"=\"" : "\"\"");
    return out;
}

}  // namespace

std::string dump_statement(const compiler::Statement& statement) {
    std::string flags;
    for (const compiler::FlagWord& flag : statement.flags) flags += (flags.empty() ? "" : " ") + quote(flag.text);
    if (!flags.empty()) flags = " [" + flags + "]";
    return "(" + to_lower(statement.keyword) + flags + dump_arguments(statement) + ")";
}

}  // namespace mabplan::conformance
