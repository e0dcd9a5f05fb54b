// The state of one expansion: where it is in the text, how deep, and what it has looked up. Behind shell_words.h.
#pragma once

#include "compiler/dockerfile/shell_words.h"

namespace mabplan::compiler {

// Words in the making. Blanks end a word; quoted pieces are added whole.
class WordCollector {
public:
    void add(char c);
    void add_split(std::string_view text);
    void add_whole(std::string_view text);
    std::vector<std::string> finish();

private:
    std::string word_;
    std::vector<std::string> words_;
};

class ShellLexer {
public:
    ShellLexer(std::string_view text, const Variables& variables, const WordRules& rules, NamesUsed* names)
        : text_(text), variables_(variables), rules_(rules), escapes_(rules.escapes), names_(names) {}

    // Expands all of the text; `words`, if given, receives it cut into words.
    Result<std::string> run(WordCollector* words);

private:
    enum class Stop : char { End = '\0', Brace = '}', Slash = '/' };

    bool at_end() const { return position_ >= text_.size(); }
    char peek() const { return at_end() ? '\0' : text_[position_]; }
    char take() { return text_[position_++]; }

    Result<std::string> expand_until(Stop stop, Escapes escapes, WordCollector* words);
    Result<std::string> expand_pieces(Stop stop, WordCollector* words);
    void take_plain(std::string& out, WordCollector* words);
    Result<std::string> take_special();
    bool is_special(char c) const;

    Result<std::string> single_quoted();
    Result<std::string> double_quoted();
    std::string heredoc_start();
    Result<std::string> dollar();
    Result<std::string> substitution(std::size_t start);
    Result<std::string> modified(const std::string& name, std::size_t start);
    Result<std::string> conditional(const std::string& name, char modifier, bool empty_is_unset, std::size_t start);
    Result<std::string> trimmed(const std::string& name, char side);
    Result<std::string> replaced(const std::string& name);
    std::string take_name();
    std::optional<std::string> look_up(const std::string& name);
    Failure unfinished(std::size_t start) const;

    std::string_view text_;
    const Variables& variables_;
    WordRules rules_;
    Escapes escapes_;
    NamesUsed* names_;
    std::size_t position_ = 0;
    int depth_ = 0;
};

}  // namespace mabplan::compiler
