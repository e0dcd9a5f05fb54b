// What harnesses expect of what they read. An expectation that does not hold ends the process, as a crash does: libFuzzer keeps the
// input, and the replay of a corpus names it.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace mabplan::tests {

[[noreturn]] inline void broken(const std::string& sentence) {
    std::fprintf(stderr, "does not hold: %s\n", sentence.c_str());
    std::abort();
}

inline void must(bool holds, const char* sentence) {
    if (!holds) broken(sentence);
}

}  // namespace mabplan::tests
