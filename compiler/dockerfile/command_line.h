// What RUN, CMD, ENTRYPOINT, HEALTHCHECK and SHELL are given: a JSON array (exec form) or a text for the shell (shell form).
#pragma once

#include "compiler/dockerfile/heredoc.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

enum class CommandForm { Shell, Exec };

struct CommandLine {
    CommandForm form = CommandForm::Shell;
    std::vector<std::string> words;  // Exec: the arguments
    std::string shell_text;          // Shell: the text as written, never expanded by the builder
    std::vector<Heredoc> heredocs;   // of RUN; the text still holds their "<<EOF"

    bool empty() const { return form == CommandForm::Exec ? words.empty() : shell_text.empty(); }
};

// The command as the image configuration lists it before a shell is put in front: the words, or the one text; none if empty.
std::vector<std::string> command_words(const CommandLine& command);

enum class ArrayProblem { NotJson, NotStrings };

// A JSON array of strings. NotJson means: this is shell form; NotStrings: an array with something else in it, an error everywhere.
tl::expected<std::vector<std::string>, ArrayProblem> parse_string_array(std::string_view text);

}  // namespace mabplan::compiler
