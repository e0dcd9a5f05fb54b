#include "compiler/dockerfile/shell_lexer.h"

#include "compiler/dockerfile/blank.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan::compiler {

namespace {

// Shows what follows the quote; what comes before it if it is the last character.
Failure unclosed(std::string_view kind, std::string_view text, std::size_t quote) {
    const std::string_view before = text.substr(0, quote);
    const std::string_view after = text.substr(quote + 1);
    const bool is_last = after.empty() && !before.empty();
    return input_error(format("the {} quote {} {} is never closed", kind, is_last ? "after" : "before", quoted(is_last ? before : after)));
}

}  // namespace

void WordCollector::add(char c) {
    if (!is_blank(c)) word_ += c;
    else if (!word_.empty()) words_.push_back(std::exchange(word_, {}));
}

void WordCollector::add_split(std::string_view text) {
    for (const char c : text) add(c);
}

void WordCollector::add_whole(std::string_view text) { word_ += text; }

std::vector<std::string> WordCollector::finish() {
    if (!word_.empty()) words_.push_back(std::exchange(word_, {}));
    return std::move(words_);
}

Result<std::string> ShellLexer::run(WordCollector* words) { return expand_until(Stop::End, rules_.escapes, words); }

Result<std::string> ShellLexer::expand_until(Stop stop, Escapes escapes, WordCollector* words) {
    const Escapes outer = std::exchange(escapes_, escapes);
    auto expanded = expand_pieces(stop, words);
    escapes_ = outer;
    return expanded;
}

Result<std::string> ShellLexer::expand_pieces(Stop stop, WordCollector* words) {
    const std::size_t start = position_;
    std::string out;
    while (!at_end()) {
        const char c = peek();
        if (stop != Stop::End && c == static_cast<char>(stop)) {
            take();
            return out;
        }
        if (!is_special(c)) {
            take_plain(out, words);
            continue;
        }
        MABPLAN_TRY(piece, take_special());
        out += piece;
        if (out.size() > kMaxExpandedBytes) return input_error(format("an expansion yields more than {} bytes", kMaxExpandedBytes));
        if (words == nullptr) continue;
        if (c == '$') words->add_split(piece);
        else words->add_whole(piece);
    }
    if (stop == Stop::End) return out;
    return input_error(format("{} is missing after {}", stop == Stop::Brace ? "\"}\"" : "\"/\"", quoted(text_.substr(start))));
}

bool ShellLexer::is_special(char c) const {
    if (c == '$' || c == '<') return true;
    return rules_.quotes != Quotes::Text && (c == '\'' || c == '"');
}

Result<std::string> ShellLexer::take_special() {
    switch (peek()) {
        case '$': return dollar();
        case '<': return heredoc_start();
        case '\'': return single_quoted();
        default: return double_quoted();
    }
}

// One character, or an escaped one. An escape character at the very end is dropped.
void ShellLexer::take_plain(std::string& out, WordCollector* words) {
    const char c = take();
    if (c != rules_.escape) {
        out += c;
        if (words != nullptr) words->add(c);
        return;
    }
    std::string piece;
    if (escapes_ == Escapes::Keep) piece += c;
    if (!at_end()) piece += take();
    out += piece;
    if (words != nullptr) words->add_whole(piece);
}

// "<<" and "<<-" keep the blanks behind them, so that "<< EOF" is one word.
std::string ShellLexer::heredoc_start() {
    const std::size_t start = position_;
    take();
    if (peek() != '<') return "<";
    take();
    if (peek() == '-') take();
    while (peek() == ' ' || peek() == '\t' || peek() == '\r') take();
    return std::string(text_.substr(start, position_ - start));
}

Result<std::string> ShellLexer::single_quoted() {
    const std::size_t start = position_;
    const std::size_t end = text_.find('\'', start + 1);
    if (end == std::string_view::npos) return unclosed("single", text_, start);
    position_ = end + 1;
    if (rules_.quotes == Quotes::Keep) return std::string(text_.substr(start, position_ - start));
    return std::string(text_.substr(start + 1, end - start - 1));
}

// Inside of double quotes only $, the quote and the escape character can be escaped; before others it stays.
Result<std::string> ShellLexer::double_quoted() {
    const std::size_t start = position_;
    const bool keep = rules_.quotes == Quotes::Keep;
    take();
    std::string out(keep ? "\"" : "");
    while (!at_end()) {
        if (peek() == '$') {
            MABPLAN_TRY(value, dollar());
            out += value;
            continue;
        }
        const char c = take();
        if (c == '"') return keep ? out + '"' : out;
        if (c != rules_.escape) {
            out += c;
            continue;
        }
        const char escaped = peek();
        const bool drops = escaped == '"' || escaped == '$' || escaped == rules_.escape;
        if (!drops || escapes_ == Escapes::Keep) out += c;
        if (drops) out += take();
    }
    return unclosed("double", text_, start);
}

}  // namespace mabplan::compiler
