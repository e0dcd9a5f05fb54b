#include "compiler/dockerfile/heredoc.h"

#include "compiler/dockerfile/shell_words.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <limits>

namespace mabplan::compiler {

namespace {

std::ptrdiff_t count_quotes(std::string_view text) {
    return std::count_if(text.begin(), text.end(), [](char c) { return c == '\'' || c == '"'; });
}

// The delimiter is one word; a quote anywhere in it switches expansion off.
Result<std::optional<Heredoc>> parse_delimiter(std::string_view text) {
    WordRules rules{'\\', Quotes::Remove, Escapes::Remove, UnsetVariables::Keep};
    MABPLAN_TRY(words, expand_words(text, NoVariables(), rules));
    if (words.size() != 1) return std::nullopt;
    rules.quotes = Quotes::Keep;
    MABPLAN_TRY(raw_words, expand_words(text, NoVariables(), rules));
    Heredoc heredoc;
    heredoc.name = words[0];
    heredoc.expand = raw_words.size() == 1 && count_quotes(raw_words[0]) == count_quotes(words[0]);
    return heredoc;
}

}  // namespace

std::string Heredoc::text() const { return chomp ? remove_leading_tabs(content) : content; }

Result<std::optional<Heredoc>> parse_heredoc_word(std::string_view word) {
    const std::size_t start = std::min(word.find_first_not_of("0123456789"), word.size());
    const std::string_view digits = word.substr(0, start);
    std::string_view rest = word.substr(start);
    if (!rest.starts_with("<<")) return std::nullopt;
    rest.remove_prefix(2);
    const bool chomp = rest.starts_with('-');
    if (chomp) rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n\v\f"), rest.size()));
    if (rest.empty() || rest.find('<') != std::string_view::npos) return std::nullopt;
    const auto fd = digits.empty() ? std::optional<std::uint64_t>(0) : parse_unsigned(digits);
    if (!fd || *fd > std::numeric_limits<int>::max()) return input_error(format("{} is no file descriptor for a heredoc", digits));
    MABPLAN_TRY(heredoc, parse_delimiter(rest));
    if (!heredoc) return std::nullopt;
    heredoc->chomp = chomp;
    heredoc->fd = static_cast<unsigned>(*fd);
    return heredoc;
}

Result<std::vector<Heredoc>> find_heredocs(std::string_view line) {
    std::vector<Heredoc> heredocs;
    // A line with a broken quote is the shell's to refuse: it opens no heredoc.
    const auto words = expand_words(line, NoVariables(), {'\\', Quotes::Keep, Escapes::Keep, UnsetVariables::Keep});
    if (!words) return heredocs;
    for (const std::string& word : *words) {
        MABPLAN_TRY(heredoc, parse_heredoc_word(word));
        if (heredoc) heredocs.push_back(*std::move(heredoc));
    }
    return heredocs;
}

std::string remove_leading_tabs(std::string_view content) {
    std::string out;
    bool at_start = true;
    for (const char c : content) {
        if (at_start && c == '\t') continue;
        out += c;
        at_start = c == '\n';
    }
    return out;
}

}  // namespace mabplan::compiler
