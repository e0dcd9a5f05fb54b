#include "compiler/matrix/interpolate.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

constexpr std::size_t kLongest = 1U << 20U;
constexpr int kDeepest = 16;

bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool continues_name(char c) { return starts_name(c) || (c >= '0' && c <= '9'); }

class Interpolation {
public:
    Interpolation(const Variables& variables, std::vector<UnsetVariable>& unset) : variables_(variables), unset_(unset) {}

    using Replaced = tl::expected<std::string, InterpolationFailure>;

    Replaced replace(std::string_view text, int depth) {
        if (depth > kDeepest) return at_fault(text, format("expressions are nested deeper than {} levels", kDeepest));
        std::string out;
        for (std::size_t i = 0; i < text.size();) {
            const std::size_t dollar = std::min(text.find('$', i), text.size());
            out += text.substr(i, dollar - i);
            if (dollar == text.size()) break;
            const auto length = expression_length(text.substr(dollar));
            if (!length) return tl::unexpected(length.error());
            auto value = evaluate(text.substr(dollar, *length), depth);
            if (!value) return value;
            out += *value;
            if (out.size() > kLongest)
                return at_fault(text.substr(dollar, *length), format("the text grows beyond {}", format_bytes(kLongest)));
            i = dollar + *length;
        }
        return out;
    }

private:
    static tl::unexpected<InterpolationFailure> at_fault(std::string_view expression, std::string message, std::string hint = {}) {
        return tl::unexpected(
            InterpolationFailure{Error{ErrorKind::Input, std::move(message), {}, {}, std::move(hint)}, std::string(expression)});
    }

    // How far the expression goes that begins at text[0], a dollar sign.
    static tl::expected<std::size_t, InterpolationFailure> expression_length(std::string_view text) {
        if (text.starts_with("$$")) return 2;
        if (text.size() > 1 && starts_name(text[1])) {
            std::size_t end = 2;
            while (end < text.size() && continues_name(text[end])) ++end;
            return end;
        }
        if (!text.starts_with("${"))
            return at_fault("$", "a lone dollar sign", "$NAME and ${NAME} are replaced; for a dollar sign write $$");
        std::size_t depth = 1;
        for (std::size_t i = 2; i < text.size(); ++i) {
            if (text.substr(i).starts_with("${")) ++depth;
            if (text[i] == '}' && --depth == 0) return i + 1;
        }
        return at_fault("${", "\"${\" without its \"}\"", "for a dollar sign write $$");
    }

    Replaced evaluate(std::string_view expression, int depth) {
        if (expression == "$$") return "$";
        if (expression[1] != '{') return plain(std::string(expression.substr(1)), expression);
        const std::string_view inside = expression.substr(2, expression.size() - 3);
        std::size_t end = 0;
        while (end < inside.size() && (end == 0 ? starts_name(inside[end]) : continues_name(inside[end]) || inside[end] == '.')) ++end;
        const std::string name(inside.substr(0, end));
        if (name.empty())
            return at_fault(expression, format("{} does not begin with a name", quoted(inside)),
                            "a name has letters, digits and _; for a dollar sign write $$");
        std::string_view rest = inside.substr(end);
        if (rest.empty()) return plain(name, expression);
        const bool empty_counts = rest[0] == ':';  // ":-" also replaces an empty value
        if (empty_counts) rest.remove_prefix(1);
        if (rest.empty() || std::string_view("-+?").find(rest[0]) == std::string_view::npos)
            return at_fault(expression, format("{} is not understood after the name {}", quoted(inside.substr(end)), quoted(name)),
                            "there are ${N}, ${N:-default}, ${N-default}, ${N:+other}, ${N+other}, ${N:?message}, ${N?message}");
        const auto value = variables_.lookup(name);
        if (!value) return tl::unexpected(InterpolationFailure{value.error(), std::string(expression)});
        const bool present = value->has_value() && !(empty_counts && (*value)->empty());
        const std::string_view word = rest.substr(1);
        if (rest[0] == '+') return present ? replace(word, depth + 1) : Replaced("");
        if (present) return **value;
        if (rest[0] == '-') return replace(word, depth + 1);
        auto message = replace(word, depth + 1);
        if (!message) return message;
        return at_fault(expression,
                        format("{} is {}{}{}", name, value->has_value() ? "empty" : "not set", message->empty() ? "" : ": ", *message));
    }

    Replaced plain(const std::string& name, std::string_view expression) {
        auto value = variables_.lookup(name);
        if (!value) return tl::unexpected(InterpolationFailure{value.error(), std::string(expression)});
        if (!value->has_value()) unset_.push_back({name, std::string(expression)});
        return value->value_or("");
    }

    const Variables& variables_;
    std::vector<UnsetVariable>& unset_;
};

// The place of the expression itself where it can be found on the first line of the scalar; else that of the scalar.
SourcePlace place_within(const SourcePlace& scalar, const std::string& expression) {
    if (!scalar.text || scalar.column == 0) return scalar;
    const std::size_t at = scalar.text->line(scalar.line).find(expression, scalar.column - 1);
    if (at == std::string_view::npos || (scalar.width > 1 && at >= scalar.column - 1 + scalar.width)) return scalar;
    return {scalar.text, scalar.line, at + 1, expression.size(), 0};
}

void replace_scalars(YamlNode& node, const Variables& variables, Mistakes& mistakes) {
    for (YamlNode& item : node.items) replace_scalars(item, variables, mistakes);
    for (YamlEntry& entry : node.entries) replace_scalars(entry.value, variables, mistakes);
    if (node.kind != YamlKind::Scalar || node.text.find('$') == std::string::npos) return;
    std::vector<UnsetVariable> unset;
    auto replaced = interpolate(node.text, variables, unset);
    for (const UnsetVariable& variable : unset)
        mistakes.warn({format("{} is not set: it is taken as empty", variable.name), place_within(node.place, variable.expression)});
    if (replaced) node.text = std::move(*replaced);
    else mistakes.add(std::move(replaced.error().error).at(place_within(node.place, replaced.error().expression)));
}

}  // namespace

tl::expected<std::string, InterpolationFailure> interpolate(std::string_view text, const Variables& variables,
                                                            std::vector<UnsetVariable>& unset) {
    return Interpolation(variables, unset).replace(text, 0);
}

YamlNode interpolated(YamlNode node, const Variables& variables, Mistakes& mistakes) {
    replace_scalars(node, variables, mistakes);
    return node;
}

}  // namespace mabplan::compiler
