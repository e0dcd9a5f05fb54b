// Programs of others, run to their end: what they say is kept, up to a bound, and they can be stopped. Does not know which programs.
#pragma once

#include "plans/base/result.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct ProgramCall {
    std::vector<std::string> argv;  // the first is the path of the program
    std::vector<std::string> env;   // "NAME=value", all of it
    std::string folder;             // to work in
    std::string input = "/dev/null";
};

struct ProgramEnd {
    int code = 0;        // as a shell counts: 128 and the signal, if one ended it
    std::string output;  // the start of what it wrote to stdout
    std::string errors;  // the end of what it wrote to stderr
};

inline constexpr std::size_t kMostProgramOutput = 4U << 20U;
inline constexpr std::size_t kMostProgramErrors = 8U << 10U;

// When `stop` says so, the program and all that it started are killed, and the result is an Interrupted error. An
// Environment error if it can't be started. Safe in a process with threads.
Result<ProgramEnd> run_program(const ProgramCall& call, const std::function<bool()>& stop);

// Kills all that run now, with what they started: for a process that ends at once. Safe in a handler of signals.
void kill_programs() noexcept;

// The first executable file of this name in the folders; empty if there is none.
std::string find_program(const std::string& name, const std::vector<std::string>& folders);

}  // namespace mabplan::runtime
