// Runs the conformance sets of a folder (one JSON file a set, with `set` and `cases`) and prints totals per set.
//
//     conformance FOLDER [SET…]
//
// Each case that does not pass is printed with what was wanted and what was obtained. Exit code 1 if one failed, 2 for a wrong call.
#include "tests/conformance/sets.h"

#include "plans/base/format.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace {

using namespace mabplan;
using namespace mabplan::conformance;

struct Totals {
    int passed = 0;
    int failed = 0;
    int skipped = 0;
};

std::string read_file(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream content;
    content << stream.rdbuf();
    return content.str();
}

Totals run_set(const Json& set, CheckCase check) {
    Totals totals;
    for (const Json& one : member_of(set, "cases")) {
        Outcome outcome = check(one);
        if (outcome.verdict == Verdict::Passed) ++totals.passed;
        if (outcome.verdict == Verdict::Failed) ++totals.failed;
        if (outcome.verdict == Verdict::Skipped) ++totals.skipped;
        if (outcome.verdict == Verdict::Passed) continue;
        const char* word = outcome.verdict == Verdict::Failed ? "FAILED" : "skipped";
        std::puts(format("{} {}\n    {}", word, text_of(one, "id"), outcome.reason).c_str());
    }
    return totals;
}

bool run_file(const std::filesystem::path& path, const std::vector<std::string>& wanted) {
    const std::string name = path.stem().string();
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), name) == wanted.end()) return true;
    const auto set = parse_json(read_file(path), name);
    if (!set) {
        std::puts(format("{}: {}", name, set.error().message).c_str());
        return false;
    }
    const CheckCase check = find_check(text_of(*set, "set"));
    if (check == nullptr) {
        std::puts(format("{}: no check for this set", name).c_str());
        return wanted.empty();
    }
    const Totals totals = run_set(*set, check);
    const std::string skips = totals.skipped == 0 ? "" : format(", {} skipped", totals.skipped);
    std::puts(format("{}: {} passed, {} failed{}", name, totals.passed, totals.failed, skips).c_str());
    return totals.failed == 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2 || !std::filesystem::is_directory(argv[1])) {
        std::fputs("usage: conformance FOLDER [SET…]\n", stderr);
        return 2;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1]))
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    bool good = true;
    for (const auto& file : files) good = run_file(file, {argv + 2, argv + argc}) && good;
    return good ? 0 : 1;
}
