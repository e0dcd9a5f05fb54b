// Any text as an ignore file, asked of some paths. Matching a path in one go and directory by directory must agree.
#include "plans/tree/pattern.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

bool matches_stepwise(const mabplan::PatternList& patterns, const std::string& path) {
    mabplan::PatternList::State state;
    for (std::size_t slash = path.find('/');; slash = path.find('/', slash + 1)) {
        state = patterns.matches(path.substr(0, slash), state);
        if (slash == std::string::npos) return state.excluded;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    // The first line is a path to ask for, the rest the file.
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    const std::size_t end = text.find('\n');
    const auto patterns = mabplan::PatternList::compile(mabplan::read_ignore_lines(end == std::string::npos ? "" : text.substr(end + 1)));
    if (!patterns) return 0;
    for (const std::string& path : {std::string("a/b.txt"), std::string("src/deep/er/x.o"), text.substr(0, end)}) {
        if (path.empty() || path.starts_with('/') || path.ends_with('/') || path.find("//") != std::string::npos) continue;
        if (patterns->matches(path) != matches_stepwise(*patterns, path)) std::abort();
    }
    return 0;
}
