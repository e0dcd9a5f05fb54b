// Runs the conformance sets of a folder (one JSON file a set, with `set` and `cases`) and prints totals per set.
//
//     conformance FOLDER [--tolerated FILE] [SET…]
//
// Each case that does not pass is printed with what was wanted and what was obtained. FILE names cases that may fail (tolerated.h).
// Exit code 1 if one failed, 2 for a wrong call.
#include "tests/conformance/sets.h"
#include "tests/conformance/tolerated.h"

#include "plans/base/format.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace {

using namespace mabplan;
using namespace mabplan::conformance;

struct Call {
    std::filesystem::path folder;
    std::filesystem::path tolerated = MABPLAN_TOLERATED;
    std::vector<std::string> sets;  // none: all
};

using Totals = std::map<Verdict, int>;

std::string read_file(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream content;
    content << stream.rdbuf();
    return content.str();
}

void print(const std::string& line) { std::puts(line.c_str()); }

const char* word_for(Verdict verdict) {
    switch (verdict) {
        case Verdict::Passed: return "passed";
        case Verdict::Tolerated: return "tolerated";
        case Verdict::Failed: return "FAILED";
        case Verdict::Skipped: return "skipped";
    }
    return "";
}

// The case with what its set says once for all of them.
Json with_tables(Json one, const Json& set) {
    for (const auto& [name, table] : set.items())
        if (table.is_object()) one[name] = table;
    return one;
}

// A case that lacks what its kind needs fails; it does not end the run.
Outcome check_safely(CheckCase check, const Json& one) {
    try {
        return check(one);
    } catch (const std::exception& problem) {
        return failed(format("the case can't be read: {}", problem.what()));
    }
}

Totals run_cases(const Json& set, CheckCase check, Tolerated& tolerated) {
    Totals totals;
    for (const Json& one : member_of(set, "cases")) {
        const std::string id = text_of(one, "id");
        const Outcome outcome = tolerated.judge(id, check_safely(check, with_tables(one, set)));
        ++totals[outcome.verdict];
        if (outcome.verdict != Verdict::Passed) print(format("{} {}\n    {}", word_for(outcome.verdict), id, outcome.reason));
    }
    for (const std::string& id : tolerated.unknown_cases(text_of(set, "set"))) {
        ++totals[Verdict::Failed];
        print(format("FAILED {}\n    is no case: strike it off the tolerated cases", id));
    }
    return totals;
}

bool run_file(const std::filesystem::path& path, const Call& call, Tolerated& tolerated) {
    const std::string name = path.stem().string();
    if (!call.sets.empty() && std::find(call.sets.begin(), call.sets.end(), name) == call.sets.end()) return true;
    const auto set = parse_json(read_file(path), name);
    if (!set) {
        print(format("{}: {}", name, set.error().message));
        return false;
    }
    const CheckCase check = find_check(text_of(*set, "set"));
    if (check == nullptr) {
        print(format("{}: no check for this set", name));
        return call.sets.empty();
    }
    Totals totals = run_cases(*set, check, tolerated);
    std::string line = format("{}: {} passed, {} failed", name, totals[Verdict::Passed], totals[Verdict::Failed]);
    for (const Verdict verdict : {Verdict::Tolerated, Verdict::Skipped})
        if (totals[verdict] > 0) line += format(", {} {}", totals[verdict], word_for(verdict));
    print(line);
    return totals[Verdict::Failed] == 0;
}

bool read_call(int argc, char** argv, Call& call) {
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--tolerated" && i + 1 < argc) call.tolerated = argv[++i];
        else if (word.starts_with("--")) return false;
        else if (call.folder.empty()) call.folder = word;
        else call.sets.push_back(word);
    }
    return std::filesystem::is_directory(call.folder);
}

}  // namespace

int main(int argc, char** argv) {
    Call call;
    if (!read_call(argc, argv, call)) {
        std::fputs("usage: conformance FOLDER [--tolerated FILE] [SET…]\n", stderr);
        return 2;
    }
    if (!std::filesystem::exists(call.tolerated)) {
        std::fputs(format("there is no file {}\n", call.tolerated.string()).c_str(), stderr);
        return 2;
    }
    auto tolerated = Tolerated::parse(read_file(call.tolerated));
    if (!tolerated) {
        std::fputs(format("{}: {}\n", call.tolerated.string(), tolerated.error().message).c_str(), stderr);
        return 2;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(call.folder))
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    bool good = true;
    for (const auto& file : files) good = run_file(file, call, *tolerated) && good;
    return good ? 0 : 1;
}
