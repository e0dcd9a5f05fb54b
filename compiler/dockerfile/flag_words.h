// The flags of an instruction: the words behind its keyword that begin with "--". Their spelling here, their meaning by declaration.
#pragma once

#include "compiler/dockerfile/statement.h"

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

struct FlagCut {
    std::vector<FlagWord> flags;
    std::size_t rest = 0;  // where the arguments begin
};

// Cuts the flags off a line, from `offset` on. They end at the first other word or behind a bare "--". Quotes group, the escape
// character makes the next character literal.
FlagCut cut_flags(std::string_view line, std::size_t offset, char escape);

enum class FlagKind {
    Text,    // --name=value
    Switch,  // --name, --name=true, --name=false
    List,    // --name=value, any number of times
};

struct FlagRule {
    std::string name;
    FlagKind kind = FlagKind::Text;
};

// The flags given, by name.
class Flags {
public:
    bool given(const std::string& name) const { return values_.contains(name); }
    std::string text(const std::string& name) const;               // empty if not given
    std::vector<std::string> list(const std::string& name) const;  // in the order given
    bool is_on(const std::string& name) const { return text(name) == "true"; }
    std::optional<bool> state(const std::string& name) const;  // nothing if not given
    std::vector<std::string> names() const;                    // sorted

private:
    friend Result<Flags> parse_flags(const std::vector<FlagWord>&, std::span<const FlagRule>, const Statement*);
    std::map<std::string, std::vector<std::string>> values_;
};

// Errors: an unknown flag (with a suggestion), one given twice that is no list, a missing value, a switch with another value. They are at
// the place of the flag if the statement is given.
Result<Flags> parse_flags(const std::vector<FlagWord>& words, std::span<const FlagRule> rules, const Statement* statement = nullptr);
Result<Flags> parse_flags(const Statement& statement, std::span<const FlagRule> rules);

}  // namespace mabplan::compiler
