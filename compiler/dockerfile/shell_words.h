// Words as the Dockerfile's shell lexer reads them: $v, ${v…}, quotes, escapes (Dockerfile reference, "Environment replacement";
// patterns know "*", "?" and escapes of "*", "?", "\", "}" and "/"). Does not know where variables come from.
#pragma once

#include "plans/base/result.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

// Bounds of an expansion, each with its own error.
inline constexpr std::size_t kMaxExpandedBytes = 16U << 20U;
inline constexpr int kMaxSubstitutionDepth = 100;

// What an expansion can see.
class Variables {
public:
    virtual ~Variables() = default;
    virtual std::optional<std::string> get(std::string_view name) const = 0;
};

class NoVariables final : public Variables {
public:
    std::optional<std::string> get(std::string_view) const override { return std::nullopt; }
};

// A list of "NAME=value": a later entry wins, an entry without "=" is set and empty.
class VariableList final : public Variables {
public:
    explicit VariableList(const std::vector<std::string>& entries) : entries_(entries) {}
    std::optional<std::string> get(std::string_view name) const override;

private:
    const std::vector<std::string>& entries_;  // the caller's, which outlives this
};

enum class Quotes {
    Remove,  // quotes group and are dropped: all words of instructions
    Keep,    // quotes group and stay
    Text,    // quotes are characters like any other: bodies of heredocs
};
enum class Escapes { Remove, Keep };
enum class UnsetVariables { Empty, Keep };  // an unset $v becomes "" or stays as written

struct WordRules {
    char escape = '\\';
    Quotes quotes = Quotes::Remove;
    Escapes escapes = Escapes::Remove;
    UnsetVariables unset = UnsetVariables::Empty;
};

// The names that an expansion looked up.
struct NamesUsed {
    std::set<std::string> found;  // set, maybe empty
    std::set<std::string> missing;
};

// Expands one word; blanks do not split. Names looked up are added to `names` if given, also when the result is an error.
Result<std::string> expand_word(std::string_view word, const Variables& variables, const WordRules& rules = {}, NamesUsed* names = nullptr);

// Expands and splits: blanks outside of quotes separate words, also those of an unquoted variable's value. Empty words vanish.
Result<std::vector<std::string>> expand_words(std::string_view text, const Variables& variables, const WordRules& rules = {},
                                              NamesUsed* names = nullptr);

// Cuts at blanks outside of quotes and expands nothing: quotes and escapes stay in the words. The pairs of ENV and LABEL, and ARG.
std::vector<std::string> split_words(std::string_view text, char escape);

}  // namespace mabplan::compiler
