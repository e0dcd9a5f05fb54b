#include "compiler/dockerfile/directives.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

constexpr std::array<std::string_view, 3> kNames{"syntax", "escape", "check"};
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name(std::string_view text) {
    return !text.empty() && is_letter(text[0]) &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

// "name = value" of a known name.
std::optional<Directive> parse_directive(std::string_view text, std::size_t number) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = trim(text.substr(0, equals));
    const std::string_view value = trim(text.substr(equals + 1));
    if (!is_name(name) || value.empty()) return std::nullopt;
    Directive directive{to_lower(name), std::string(value), number};
    if (std::find(kNames.begin(), kNames.end(), directive.name) == kNames.end()) return std::nullopt;
    return directive;
}

struct Head {
    std::string_view text;    // without byte order mark and "#!" line
    std::size_t dropped = 0;  // lines before it
};

Head skip_head(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (!text.starts_with("#!")) return {text, 0};
    const std::size_t end = text.find('\n');
    return {end == std::string_view::npos ? std::string_view{} : text.substr(end + 1), 1};
}

DirectiveReader read_all(std::string_view text, std::size_t dropped, std::string_view marker) {
    DirectiveReader reader(marker);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const auto directive = reader.read(text.substr(0, end), ++dropped);
        if (!directive || !*directive) break;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return reader;
}

std::optional<Directive> find_below_head(const Head& head, std::string_view name, std::string_view marker) {
    const DirectiveReader reader = read_all(head.text, head.dropped, marker);
    const Directive* found = reader.find(name);
    if (found == nullptr) return std::nullopt;
    return *found;
}

}  // namespace

Result<std::optional<Directive>> DirectiveReader::read(std::string_view line, std::size_t number) {
    if (done_) return std::nullopt;
    std::optional<Directive> directive;
    if (line.starts_with(marker_)) directive = parse_directive(line.substr(marker_.size()), number);
    if (!directive) {
        done_ = true;
        return std::nullopt;
    }
    if (const Directive* first = find(directive->name))
        return input_error(
            format("the parser directive \"{}\" stands here a second time, it was given on line {}", first->name, first->line));
    found_.push_back(*directive);
    return directive;
}

const Directive* DirectiveReader::find(std::string_view name) const {
    const auto found = std::find_if(found_.begin(), found_.end(), [&](const Directive& each) { return each.name == name; });
    return found == found_.end() ? nullptr : &*found;
}

std::vector<Directive> read_directives(std::string_view text) { return read_all(text, 0, "#").found(); }

std::optional<Directive> find_directive(std::string_view text, std::string_view name) {
    return find_below_head(skip_head(text), name, "#");
}

std::optional<Directive> find_syntax(std::string_view text) {
    const Head head = skip_head(text);
    for (const std::string_view marker : {"#", "//"})
        if (auto found = find_below_head(head, "syntax", marker)) return found;
    const auto document = parse_json(head.text, "build definition");
    if (!document || !document->is_object()) return std::nullopt;
    const auto value = find_string(*document, "syntax");
    if (!value) return std::nullopt;
    return Directive{"syntax", *value, head.dropped + 1};
}

std::string_view first_word(const Directive& directive) {
    const std::string_view value = directive.value;
    return value.substr(0, value.find(' '));
}

}  // namespace mabplan::compiler
