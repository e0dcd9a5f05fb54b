#include "plans/tree/pattern.h"

#include "plans/base/text.h"
#include "plans/tree/glob.h"
#include "plans/tree/ignore_lines.h"

namespace mabplan {

namespace {

struct Pattern {
    Glob glob;
    bool exception = false;
};

}  // namespace

struct PatternList::Compiled {
    std::vector<Pattern> patterns;
    std::vector<std::string> texts;
    bool has_exceptions = false;

    // One step of a walk. `matched` says of each pattern whether it matched the parent, and afterwards whether it matched the path;
    // patterns that could not change the outcome are not tried, as in patternmatcher.
    template <class Inherited, class Note>
    bool decide(std::string_view path, Inherited inherited, Note note) const {
        bool excluded = false;
        for (std::size_t i = 0; i < patterns.size(); ++i) {
            const Pattern& pattern = patterns[i];
            bool matched = inherited(i);
            if (!matched) matched = pattern.exception == excluded && pattern.glob.matches(path);
            note(i, matched);
            if (matched) excluded = !pattern.exception;
        }
        return excluded;
    }
};

PatternList::PatternList() : compiled_(std::make_shared<const Compiled>()) {}

Result<PatternList> PatternList::compile(const std::vector<std::string>& patterns) {
    Compiled compiled;
    for (const std::string& raw : patterns) {
        const std::string_view trimmed = trim(raw);
        if (trimmed.empty()) continue;
        const std::string text = clean_path(trimmed);
        const bool exception = text.starts_with('!');
        if (text == "!") return input_error("the pattern \"!\" re-includes nothing: a path must follow the exclamation mark");
        MABPLAN_TRY(glob, Glob::compile(std::string_view(text).substr(exception ? 1 : 0), GlobDialect::Ignore));
        compiled.has_exceptions |= exception;
        compiled.patterns.push_back({std::move(glob), exception});
        compiled.texts.push_back(text);
    }
    PatternList list;
    list.compiled_ = std::make_shared<const Compiled>(std::move(compiled));
    return list;
}

bool PatternList::empty() const { return compiled_->patterns.empty(); }
bool PatternList::has_exceptions() const { return compiled_->has_exceptions; }
const std::vector<std::string>& PatternList::patterns() const { return compiled_->texts; }

bool PatternList::matches(std::string_view path) const {
    State state;
    for (std::size_t slash = path.find('/', 1); slash != std::string_view::npos && !empty(); slash = path.find('/', slash + 1))
        state = matches(path.substr(0, slash), state);  // of "dir/" the folder itself, too
    return excludes(path, state);
}

PatternList::State PatternList::matches(std::string_view path, const State& parent) const {
    State state;
    state.matched.resize(compiled_->patterns.size());
    const bool known = !parent.matched.empty();
    state.excluded = compiled_->decide(
        path, [&](std::size_t i) { return known && parent.matched[i]; }, [&](std::size_t i, bool matched) { state.matched[i] = matched; });
    return state;
}

bool PatternList::excludes(std::string_view path, const State& parent) const {
    const bool known = !parent.matched.empty();
    return compiled_->decide(
        path, [&](std::size_t i) { return known && parent.matched[i]; }, [](std::size_t, bool) {});
}

bool PatternList::may_skip_directory(std::string_view path) const {
    for (const Pattern& pattern : compiled_->patterns)
        if (pattern.exception && pattern.glob.may_match_below(path)) return false;
    return true;
}

bool PatternList::may_match_below(std::string_view directory) const {
    for (const Pattern& pattern : compiled_->patterns)
        if (!pattern.exception && pattern.glob.may_match_below(directory)) return true;
    return false;
}

Result<bool> glob_match(std::string_view pattern, std::string_view path) {
    MABPLAN_TRY(glob, Glob::compile(pattern, GlobDialect::Match));
    return glob.matches(path);
}

bool has_glob(std::string_view pattern) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        if (c == '*' || c == '?' || c == '[') return true;
        if (c == '\\') ++i;
    }
    return false;
}

std::vector<IgnoreLine> read_numbered_ignore_lines(std::string_view content) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (content.starts_with(kByteOrderMark)) content.remove_prefix(kByteOrderMark.size());
    std::vector<IgnoreLine> lines;
    std::size_t number = 0;
    for (const std::string_view line : split(content, '\n')) {
        ++number;
        std::string_view text = trim(line);
        if (line.starts_with('#') || text.empty()) continue;
        const bool exception = text.starts_with('!');
        if (exception) text = trim(text.substr(1));
        std::string pattern = text.empty() ? std::string{} : clean_path(text);
        if (pattern.size() > 1 && pattern.starts_with('/')) pattern.erase(0, 1);
        lines.push_back({(exception ? "!" : "") + pattern, number});
    }
    return lines;
}

std::vector<std::string> read_ignore_lines(std::string_view content) {
    std::vector<std::string> patterns;
    for (IgnoreLine& line : read_numbered_ignore_lines(content)) patterns.push_back(std::move(line.pattern));
    return patterns;
}

}  // namespace mabplan
