#include "compiler/dockerfile/comma_list.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

// The field behind an opening quote; `text` is left at the comma or empty.
Result<std::string> take_quoted(std::string_view& text) {
    std::string field;
    text.remove_prefix(1);
    while (true) {
        const std::size_t quote = text.find('"');
        if (quote == std::string_view::npos) return input_error(format("the double quote before {} is never closed", quoted(field)));
        field += text.substr(0, quote);
        text.remove_prefix(quote + 1);
        if (!text.starts_with('"')) break;
        field += '"';
        text.remove_prefix(1);
    }
    if (!text.empty() && text[0] != ',') return input_error(format("a comma must follow the quoted {}", quoted(field)));
    return field;
}

Result<std::string> take_plain(std::string_view& text) {
    const std::string_view field = text.substr(0, text.find(','));
    if (field.find('"') != std::string_view::npos)
        return input_error(format("a double quote stands inside of {}: the whole field must be quoted", quoted(field)));
    text.remove_prefix(field.size());
    return std::string(field);
}

}  // namespace

Result<std::vector<std::string>> split_fields(std::string_view text) {
    std::vector<std::string> fields;
    while (true) {
        MABPLAN_TRY(field, text.starts_with('"') ? take_quoted(text) : take_plain(text));
        fields.push_back(std::move(field));
        if (text.empty()) return fields;
        text.remove_prefix(1);
    }
}

}  // namespace mabplan::compiler
