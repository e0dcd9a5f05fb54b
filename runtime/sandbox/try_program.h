// Runs a program out of memory, to find out whether programs of its kind run here.
#pragma once

#include "plans/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

struct TrialOutcome {
    int exec_error = 0;  // errno of execve; ENOEXEC: nobody runs such programs
    int exit_code = -1;  // -1: it ended by a signal, or never started
};

// argc - 1 of a trial: more than any fault leaves behind by chance.
constexpr int kTrialArguments = 5;

// With argv[0] and kTrialArguments words, and an empty environment. Safe in a process with threads.
Result<TrialOutcome> try_program(std::string_view program);

// What a program prints to stdout (at most 64 KiB) when it ends with 0; an Environment error otherwise.
Result<std::string> read_program_output(const std::vector<std::string>& words);

}  // namespace mabplan::runtime
