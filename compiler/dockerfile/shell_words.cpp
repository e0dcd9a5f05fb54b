#include "compiler/dockerfile/shell_words.h"

#include "compiler/dockerfile/blank.h"
#include "compiler/dockerfile/shell_lexer.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

Failure in_word(Error error, std::string_view word) { return pass(std::move(error), format("expanding {}", quoted(word))); }

}  // namespace

std::optional<std::string> VariableList::get(std::string_view name) const {
    const auto found = std::find_if(entries_.rbegin(), entries_.rend(),
                                    [&](const std::string& entry) { return std::string_view(entry).substr(0, entry.find('=')) == name; });
    if (found == entries_.rend()) return std::nullopt;
    return found->size() > name.size() ? found->substr(name.size() + 1) : std::string();
}

Result<std::string> expand_word(std::string_view word, const Variables& variables, const WordRules& rules, NamesUsed* names) {
    auto expanded = ShellLexer(word, variables, rules, names).run(nullptr);
    if (!expanded) return in_word(std::move(expanded).error(), word);
    return expanded;
}

Result<std::vector<std::string>> expand_words(std::string_view text, const Variables& variables, const WordRules& rules, NamesUsed* names) {
    WordCollector words;
    auto expanded = ShellLexer(text, variables, rules, names).run(&words);
    if (!expanded) return in_word(std::move(expanded).error(), text);
    return words.finish();
}

std::vector<std::string> split_words(std::string_view text, char escape) {
    std::vector<std::string> words;
    std::string word;
    char quote = '\0';  // the open one
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote == '\0' && is_blank(c)) {
            if (!word.empty()) words.push_back(std::exchange(word, {}));
            continue;
        }
        if (c == escape && quote != '\'') {
            if (i + 1 == text.size()) break;  // nothing left to escape
            word += c;
            word += text[++i];
            continue;
        }
        if (c == quote) quote = '\0';
        else if (quote == '\0' && (c == '\'' || c == '"')) quote = c;
        word += c;
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

}  // namespace mabplan::compiler
