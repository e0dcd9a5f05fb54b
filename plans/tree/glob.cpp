#include "plans/tree/glob.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <bit>

namespace mabplan {

namespace {

// A byte that starts no UTF-8 sequence is a character of its own, beyond Unicode, so that it equals itself alone.
constexpr char32_t kLooseByte = 0x110000;

char32_t take_character(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const char32_t first = byte(at);
    if (first < 0x80) return text[at++] & 0x7f;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (at + length > text.size() || !is_valid_utf8(text.substr(at, length))) {
        ++at;
        return kLooseByte + first;
    }
    char32_t c = first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) c = c << 6 | (byte(at + i) & 0x3fU);
    at += length;
    return c;
}

void append_character(std::string& out, char32_t c) {
    const auto put = [&](char32_t bits) { out += static_cast<char>(bits); };
    const auto put_following = [&](int shift) { put(0x80 | (c >> shift & 0x3f)); };
    if (c >= kLooseByte) {
        put(c - kLooseByte);
    } else if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xc0 | c >> 6);
        put_following(0);
    } else if (c < 0x10000) {
        put(0xe0 | c >> 12);
        put_following(6);
        put_following(0);
    } else {
        put(0xf0 | c >> 18);
        put_following(12);
        put_following(6);
        put_following(0);
    }
}

}  // namespace

// Reads the text of a pattern into tokens.
class GlobParser {
public:
    GlobParser(std::string_view pattern, GlobDialect dialect) : pattern_(pattern), dialect_(dialect) {}

    Result<Glob> parse() {
        if (is_plain_suffix()) {
            add(Glob::TokenKind::AnyText);
            at_ = 2;
        }
        while (at_ < pattern_.size()) MABPLAN_CHECK(parse_one());
        glob_.split_literals();
        return std::move(glob_);
    }

private:
    // "**name" without any other special character: patternmatcher compares the end of the path, wherever the name begins.
    bool is_plain_suffix() const {
        return dialect_ == GlobDialect::Ignore && pattern_.starts_with("**") && !pattern_.starts_with("**/") &&
               pattern_.find_first_of("*?[]\\", 2) == std::string_view::npos;
    }

    void add(Glob::TokenKind kind, char32_t value = 0) { glob_.tokens_.push_back({kind, value}); }
    bool at_end() const { return at_ >= pattern_.size(); }
    char peek() const { return pattern_[at_]; }

    Failure malformed(std::string_view why) const { return input_error(format("malformed pattern {}: {}", quoted(pattern_), why)); }

    Status parse_one() {
        switch (peek()) {
            case '*': parse_stars(); break;
            case '?':
                ++at_;
                add(Glob::TokenKind::AnyChar);
                break;
            case '[': ++at_; return parse_class();
            case '\\':
                if (++at_ == pattern_.size()) return malformed("it ends with a backslash");
                [[fallthrough]];
            default: add(Glob::TokenKind::Literal, take_character(pattern_, at_));
        }
        return {};
    }

    void parse_stars() {
        ++at_;
        const bool deep = dialect_ == GlobDialect::Ignore && !at_end() && peek() == '*';
        if (!deep) return add_any_name();
        ++at_;
        if (!at_end() && peek() == '/') ++at_;
        if (at_end()) return add(Glob::TokenKind::AnyText);
        add(Glob::TokenKind::AnyDepth);
        add(Glob::TokenKind::DepthInside);
    }

    void add_any_name() {
        if (glob_.tokens_.empty() || glob_.tokens_.back().kind != Glob::TokenKind::AnyName) add(Glob::TokenKind::AnyName);
    }

    Status parse_class() {
        Glob::CharacterClass set;
        if (!at_end() && peek() == '^') {
            set.negated = true;
            ++at_;
        }
        do {
            MABPLAN_TRY(low, parse_class_character());
            char32_t high = low;
            if (peek() == '-') {
                ++at_;
                MABPLAN_TRY(end, parse_class_character());
                high = end;
            }
            if (high < low && dialect_ == GlobDialect::Ignore) return malformed("a range of a class runs backwards");
            set.ranges.push_back({low, high});
        } while (peek() != ']');
        ++at_;
        add(Glob::TokenKind::Class, static_cast<char32_t>(glob_.classes_.size()));
        glob_.classes_.push_back(std::move(set));
        return {};
    }

    // A character of a class; something must follow it.
    Result<char32_t> parse_class_character() {
        if (at_end()) return malformed("a class \"[\" is not closed");
        if (peek() == '-' || peek() == ']')
            return malformed("a class \"[\" has no character where one must stand (write \"\\-\" or \"\\]\")");
        if (peek() == '\\') ++at_;
        if (at_end()) return malformed("it ends with a backslash");
        const char32_t c = take_character(pattern_, at_);
        if (at_end()) return malformed("a class \"[\" is not closed");
        return c;
    }

    std::string_view pattern_;
    GlobDialect dialect_;
    std::size_t at_ = 0;
    Glob glob_;
};

Result<Glob> Glob::compile(std::string_view pattern, GlobDialect dialect) { return GlobParser(pattern, dialect).parse(); }

void Glob::split_literals() {
    const auto literal = [&](std::size_t i) { return tokens_[i].kind == TokenKind::Literal; };
    last_ = tokens_.size();
    while (first_ < last_ && literal(first_)) append_character(head_, tokens_[first_++].value);
    while (last_ > first_ && literal(last_ - 1)) --last_;
    for (std::size_t i = last_; i < tokens_.size(); ++i) append_character(tail_, tokens_[i].value);

    const auto middle_is = [&](std::initializer_list<TokenKind> kinds) {
        return std::equal(kinds.begin(), kinds.end(), tokens_.begin() + static_cast<std::ptrdiff_t>(first_),
                          tokens_.begin() + static_cast<std::ptrdiff_t>(last_),
                          [](TokenKind kind, const Token& t) { return kind == t.kind; });
    };
    if (middle_is({})) shape_ = Shape::Exact;
    else if (middle_is({TokenKind::AnyText})) shape_ = Shape::Affixes;
    else if (middle_is({TokenKind::AnyName})) shape_ = Shape::NameGap;
    else if (middle_is({TokenKind::AnyDepth, TokenKind::DepthInside})) shape_ = Shape::DepthGap;
    // whatever stands between, a directory part and the beginning of a name can be made of it
    else if (middle_is({TokenKind::AnyDepth, TokenKind::DepthInside, TokenKind::AnyName})) shape_ = Shape::Affixes;
    else shape_ = Shape::General;
}

bool Glob::class_holds(const CharacterClass& set, char32_t c) {
    const bool found =
        std::any_of(set.ranges.begin(), set.ranges.end(), [&](const Range& range) { return range.low <= c && c <= range.high; });
    return found != set.negated;
}

// The states (one bit each, state i = before token first + i) after all of `text`: all ways are followed at once.
class GlobRun {
public:
    GlobRun(const Glob& glob, std::size_t first, std::size_t last)
        : glob_(glob), first_(first), count_(last - first), now_(count_ / 64 + 1), next_(now_.size()) {
        enter(now_, 0);
    }

    void take(char32_t c) {
        std::fill(next_.begin(), next_.end(), 0);
        for (std::size_t word = 0; word < now_.size(); ++word)
            for (std::uint64_t rest = now_[word]; rest != 0; rest &= rest - 1)
                step(word * 64 + static_cast<std::size_t>(std::countr_zero(rest)), c);
        now_.swap(next_);
    }

    bool is_alive() const {
        return std::any_of(now_.begin(), now_.end(), [](std::uint64_t word) { return word != 0; });
    }
    bool is_accepted() const { return (now_[count_ / 64] >> count_ % 64 & 1) != 0; }

private:
    using Kind = Glob::TokenKind;
    using States = std::vector<std::uint64_t>;

    const Glob::Token& token(std::size_t state) const { return glob_.tokens_[first_ + state]; }
    static void set(States& states, std::size_t state) { states[state / 64] |= std::uint64_t{1} << state % 64; }

    // What may be left out is entered and passed at once.
    void enter(States& states, std::size_t state) const {
        for (;;) {
            set(states, state);
            if (state == count_) return;
            const Kind kind = token(state).kind;
            if (kind == Kind::AnyDepth) set(states, state + 1);
            if (kind == Kind::AnyDepth) state += 2;
            else if (kind == Kind::AnyName || kind == Kind::AnyText) ++state;
            else return;
        }
    }

    void step(std::size_t state, char32_t c) {
        if (state == count_) return;
        switch (const Glob::Token& here = token(state); here.kind) {
            case Kind::Literal: return enter_if(c == here.value, state + 1);
            case Kind::AnyChar: return enter_if(c != '/', state + 1);
            case Kind::Class: return enter_if(glob_.class_holds(glob_.classes_[here.value], c), state + 1);
            case Kind::AnyName: return enter_if(c != '/', state);
            case Kind::AnyText: return enter_if(true, state);
            case Kind::AnyDepth: return;  // it was passed when it was entered
            case Kind::DepthInside: set(next_, state); return enter_if(c == '/', state + 1);
        }
    }

    void enter_if(bool taken, std::size_t state) {
        if (taken) enter(next_, state);
    }

    const Glob& glob_;
    std::size_t first_, count_;
    States now_, next_;
};

bool Glob::matches(std::string_view path) const {
    if (shape_ == Shape::Exact) return path == head_;
    if (path.size() < head_.size() + tail_.size() || !path.starts_with(head_) || !path.ends_with(tail_)) return false;
    const std::string_view gap = path.substr(head_.size(), path.size() - head_.size() - tail_.size());
    switch (shape_) {
        case Shape::Exact:
        case Shape::Affixes: return true;
        case Shape::NameGap: return gap.find('/') == std::string_view::npos;
        case Shape::DepthGap: return gap.empty() || gap.ends_with('/');
        case Shape::General: break;
    }
    GlobRun run(*this, first_, last_);
    for (std::size_t at = 0; at < gap.size();) run.take(take_character(gap, at));
    return run.is_accepted();
}

bool Glob::may_match_below(std::string_view directory) const {
    const std::string text = std::string(directory) + "/";
    if (text.size() <= head_.size()) return head_.starts_with(text);
    if (!text.starts_with(head_)) return false;
    GlobRun run(*this, first_, tokens_.size());
    for (std::size_t at = head_.size(); at < text.size();) run.take(take_character(text, at));
    return run.is_alive();
}

}  // namespace mabplan
