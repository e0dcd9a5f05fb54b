#include "tools/mabplan/fill_template.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <optional>
#include <vector>

namespace mabplan::tools {

namespace {

std::vector<std::string> words_of(std::string_view action) {
    std::vector<std::string> words;
    std::string word;
    bool quoted_part = false;
    for (const char c : action) {
        if (c == '"' || c == '`') quoted_part = !quoted_part;
        if (c == ' ' && !quoted_part) {
            if (!word.empty()) words.push_back(std::exchange(word, {}));
            continue;
        }
        word += c;
    }
    if (!word.empty()) words.push_back(word);
    return words;
}

std::optional<std::string> text_literal(const std::string& word) {
    if (word.size() < 2 || (word.front() != '"' && word.front() != '`') || word.back() != word.front()) return std::nullopt;
    return word.substr(1, word.size() - 2);
}

// As Go prints a value.
std::string printed(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_null()) return "<no value>";
    if (!value.is_structured()) return dump_json(value);
    std::string text;
    for (const auto& [key, item] : value.items())
        text += (text.empty() ? "" : " ") + (value.is_object() ? key + ":" : std::string()) + printed(item);
    return format("{}[{}]", value.is_object() ? "map" : "", text);
}

// A field by the name that Go has for it, or by that of its JSON: "MediaType" and "mediaType" are one.
const Json* find_field(const Json& object, const std::string& name) {
    if (!object.is_object()) return nullptr;
    if (const auto found = object.find(name); found != object.end()) return &*found;
    std::string other = name;
    const char first = name.front();
    other.front() = static_cast<char>(first >= 'A' && first <= 'Z'   ? first - 'A' + 'a'
                                      : first >= 'a' && first <= 'z' ? first - 'a' + 'A'
                                                                     : first);
    const auto found = object.find(other);
    return found == object.end() ? nullptr : &*found;
}

// ".A.B"; "." is all of it.
Result<Json> field_of(const Json& data, const std::string& path) {
    if (!path.starts_with('.')) return input_error(format("--format: {} is no field, expected .NAME", quoted(path)));
    const Json* at = &data;
    bool is_open = false;
    for (const std::string_view part : split(std::string_view(path).substr(1), '.')) {
        if (part.empty()) continue;
        const std::string name(part);
        if (const Json* field = find_field(*at, name)) {
            at = field;
            is_open = name == "Labels" || name == "labels" || name == "Annotations" || name == "annotations";
            continue;
        }
        if (is_open) return Json();  // any name may stand there, and this one does not
        std::vector<std::string> names;
        if (at->is_object())
            for (const auto& [key, value] : at->items()) names.push_back(key);
        Error error{ErrorKind::Input, format("--format: there is no field {} in {}", quoted(name), quoted(path))};
        error.hint = suggestion(name, names);
        error.detail = names.empty() ? "" : format("fields there are: {}", join(names, ", "));
        return fail(std::move(error));
    }
    return *at;
}

Result<std::string> fill_action(std::string_view action, const Json& data) {
    const std::vector<std::string> words = words_of(action);
    if (words.size() == 1) {
        if (auto literal = text_literal(words[0])) return std::move(*literal);
        MABPLAN_TRY(value, field_of(data, words[0]));
        return printed(value);
    }
    if (words.size() == 2 && (words[0] == "json" || words[0] == "len")) {
        MABPLAN_TRY(value, field_of(data, words[1]));
        return words[0] == "json" ? dump_json(value) : std::to_string(value.is_string() ? value.get<std::string>().size() : value.size());
    }
    if (words.size() == 3 && words[0] == "index") {
        MABPLAN_TRY(value, field_of(data, words[1]));
        const auto key = text_literal(words[2]);
        const auto number = parse_unsigned(words[2]);
        if (key) return value.is_object() && value.contains(*key) ? printed(value[*key]) : std::string();
        if (number && value.is_array() && *number < value.size()) return printed(value[*number]);
        return input_error(format("--format: {} has no element {}", words[1], words[2]));
    }
    return fail(ErrorKind::Input, format("--format: {{{{{}}}}} is not understood", action),
                R"(understood are {{.Field}}, {{json .Field}}, {{len .Field}} and {{index .Field "key"}}; --json and jq do all else)");
}

}  // namespace

Result<std::string> fill_template(std::string_view text, const Json& data) {
    if (trim(text) == "json") return dump_json(data);
    std::string out;
    for (;;) {
        const std::size_t open = text.find("{{");
        for (std::size_t i = 0; i < std::min(open, text.size()); ++i) {
            const bool is_escape = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == 'n' || text[i + 1] == 't');
            out += is_escape ? (text[++i] == 'n' ? '\n' : '\t') : text[i];
        }
        if (open == std::string_view::npos) return out;
        const std::size_t close = text.find("}}", open);
        if (close == std::string_view::npos) return input_error(format("--format: a {{{{ without its }}}} in {}", quoted(text)));
        std::string_view action = trim(text.substr(open + 2, close - open - 2));
        if (action.starts_with('-')) action = trim(action.substr(1));
        if (action.ends_with('-')) action = trim(action.substr(0, action.size() - 1));
        MABPLAN_TRY(filled, fill_action(action, data));
        out += filled;
        text.remove_prefix(close + 2);
    }
}

}  // namespace mabplan::tools
