#include "compiler/matrix/dotenv.h"

#include "compiler/matrix/interpolate.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

constexpr std::string_view kBlanks = " \t\v\f\r";

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_.-[]").find(c) != std::string_view::npos;
}

// The escapes of a value in double quotes; "\$" becomes "$$", which stands for a dollar sign. Others stay as they are.
std::string expand_escapes(std::string_view text) {
    constexpr std::string_view kLetters = "abfnrtv\\\"", kMeant = "\a\b\f\n\r\t\v\\\"";
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const char next = text[++i];
        if (next == '$') out += "$$";
        else if (const std::size_t at = kLetters.find(next); at != std::string_view::npos) out += kMeant[at];
        else out.append({'\\', next});
    }
    return out;
}

class DotenvReader {
public:
    DotenvReader(const SourceTextPtr& text, const Environment& environment)
        : text_(text), rest_(text->content()), environment_(environment) {
        constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
        if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
    }

    Checked<Dotenv> read() {
        while (skip_to_statement()) {
            if (auto done = read_statement(); !done) {
                errors_.push_back(std::move(done).error());
                skip_line();
            }
        }
        if (!errors_.empty()) return tl::unexpected(std::move(errors_));
        return std::move(out_);
    }

private:
    SourcePlace here(std::size_t width = 1) const {
        const std::string_view before =
            std::string_view(text_->content()).substr(0, static_cast<std::size_t>(rest_.data() - text_->content().data()));
        const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
        const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
        return {text_, lines + 1, before.size() - line_start + 1, width, 0};
    }

    void skip_line() { rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size() - 1) + 1); }

    void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size())); }

    // False at the end.
    bool skip_to_statement() {
        for (;;) {
            rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\v\f\r\n"), rest_.size()));
            if (rest_.empty()) return false;
            if (rest_.front() != '#') return true;
            skip_line();
        }
    }

    Status read_statement() {
        if (rest_.starts_with("export") && rest_.size() > 6 && kBlanks.find(rest_[6]) != std::string_view::npos) {
            rest_.remove_prefix(6);
            skip_blanks();
        }
        const std::size_t length =
            std::min<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), is_name_character) - rest_.begin(), rest_.size());
        const std::string name(rest_.substr(0, length));
        const SourcePlace place = here(std::max<std::size_t>(length, 1));
        rest_.remove_prefix(length);
        skip_blanks();
        if (rest_.empty() || rest_.front() == '\n') {
            if (const auto value = environment_.get(name)) out_.values[name] = *value;
            return {};
        }
        if (name.empty() || (rest_.front() != '=' && rest_.front() != ':'))
            return input_error(here(), format("{} can't stand in the name of a variable", quoted(rest_.substr(0, 1))),
                               "write NAME=value; a comment begins with #");
        rest_.remove_prefix(1);
        skip_blanks();
        MABPLAN_TRY(value, read_value(place));
        out_.values[name] = std::move(value);
        return {};
    }

    Result<std::string> read_value(const SourcePlace& name) {
        if (!rest_.empty() && (rest_.front() == '"' || rest_.front() == '\'')) return read_quoted(rest_.front());
        std::string_view value = rest_.substr(0, rest_.find('\n'));
        rest_.remove_prefix(value.size());
        value = value.substr(0, value.find(" #"));
        while (!value.empty() && kBlanks.find(value.back()) != std::string_view::npos) value.remove_suffix(1);
        return expand(value, name);
    }

    Result<std::string> read_quoted(char quote) {
        const SourcePlace start = here();
        std::string value;
        std::size_t i = 1;
        for (; i < rest_.size() && rest_[i] != quote; ++i) {
            if (rest_[i] == '\\' && i + 1 < rest_.size() && rest_[++i] != quote) value += '\\';  // what else it means: expand_escapes
            value += rest_[i];
        }
        if (i >= rest_.size()) return input_error(start, format("a value in {} has no end", quoted(std::string(1, quote))));
        rest_.remove_prefix(i + 1);
        skip_blanks();
        if (!rest_.empty() && rest_.front() != '\n' && rest_.front() != '#')
            return input_error(here(), format("{} stands behind the end of a value in quotes", quoted(rest_.substr(0, rest_.find('\n')))));
        return quote == '"' ? expand(expand_escapes(value), start) : Result<std::string>(std::move(value));
    }

    Result<std::string> expand(std::string_view value, const SourcePlace& place) {
        const LayeredEnvironment known(environment_, out_.values);
        std::vector<UnsetVariable> unset;
        auto expanded = interpolate(value, Variables(known), unset);
        for (const UnsetVariable& variable : unset)
            out_.warnings.push_back({format("{} is not set: it is taken as empty", variable.name), place});
        if (!expanded) return pass(std::move(expanded.error().error).at(place));
        return *std::move(expanded);
    }

    SourceTextPtr text_;
    std::string_view rest_;
    const Environment& environment_;
    Dotenv out_;
    Errors errors_;
};

}  // namespace

Checked<Dotenv> parse_dotenv(const SourceTextPtr& text, const Environment& environment) { return DotenvReader(text, environment).read(); }

std::optional<std::string> LayeredEnvironment::get(const std::string& name) const {
    if (auto value = process_.get(name)) return value;
    const auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace mabplan::compiler
