// Any text as a word of an instruction, expanded under every rule.
#include "compiler/dockerfile/heredoc.h"
#include "compiler/dockerfile/mount.h"
#include "compiler/dockerfile/ports.h"
#include "compiler/dockerfile/shell_words.h"
#include "compiler/sources/git_reference.h"
#include "plans/base/file_mode.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace mabplan::compiler;
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    const std::vector<std::string> entries{"a=1", "b=", "path=/usr/local/bin", "v=a b  c", "self=$self"};
    const VariableList variables(entries);
    for (const char escape : {'\\', '`'})
        for (const Quotes quotes : {Quotes::Remove, Quotes::Keep, Quotes::Text})
            for (const UnsetVariables unset : {UnsetVariables::Empty, UnsetVariables::Keep}) {
                NamesUsed names;
                static_cast<void>(expand_word(text, variables, {escape, quotes, Escapes::Remove, unset}, &names));
                static_cast<void>(expand_words(text, variables, {escape, quotes, Escapes::Keep, unset}, &names));
            }
    static_cast<void>(split_words(text, '\\'));
    static_cast<void>(find_heredocs(text));
    static_cast<void>(parse_ports(text));
    static_cast<void>(parse_git_reference(text));
    static_cast<void>(mabplan::FileModeChange::parse(text));
    if (const auto mount = parse_mount(text))
        static_cast<void>(resolve_mount(*mount, [](std::string_view word) { return std::string(word); }));
    return 0;
}
