// An ordered list of "NAME=value": what ENV and ARG build up. Setting and finding take constant time.
#pragma once

#include "compiler/dockerfile/shell_words.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mabplan::compiler {

class EnvironmentList final : public Variables {
public:
    EnvironmentList() = default;
    // Each name once, an entry without "=" as empty. Of one name the last value counts, at the place of the first.
    explicit EnvironmentList(const std::vector<std::string>& entries);
    // The entries as they are, also odd ones; setting replaces the first of a name. Without "=" an entry counts as
    // empty where a Dockerfile asks for it, as BuildKit has it, and no process is given it.
    static EnvironmentList verbatim(std::vector<std::string> entries);

    // Replaces the entry of that name, or adds one at the end.
    void set(const std::string& name, const std::string& value);
    std::optional<std::string> get(std::string_view name) const override;
    bool contains(std::string_view name) const;
    std::vector<std::string> names() const;
    const std::vector<std::string>& entries() const { return entries_; }
    // What a process can be given of them: those that are variables.
    std::vector<std::string> assignments() const;
    bool empty() const { return entries_.empty(); }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::vector<std::string> entries_;
    std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> places_;
};

}  // namespace mabplan::compiler
