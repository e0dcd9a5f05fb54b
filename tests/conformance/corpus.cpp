// Compiles and lints Dockerfiles that others wrote, each for two platforms, without their contexts, and says which are refused and why.
//
//     corpus FILE…
//     corpus --list FILE    (one path a line)
//
// Any base image exists, with nothing but a PATH in its configuration; images of Windows are for Windows alone. No build argument is
// given. Exit code 1 if a file was refused, 2 for a wrong call or a file that can't be read.
#include "compiler/lint/linter.h"
#include "tests/support/fake_ports.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace {

using namespace mabplan;

class Images final : public compiler::ImageResolver {
public:
    Result<compiler::BaseImage> resolve(const compiler::ImageRequest& request) override {
        const std::string name = to_lower(request.name);
        for (const char* part : {"mcr.microsoft.com/windows", "nanoserver", "windowsservercore"})
            if (name.find(part) != std::string::npos) images_.platforms[request.name] = "windows/amd64";
        return images_.resolve(request);
    }

private:
    tests::MemoryImages images_;
};

struct Verdict {
    Errors errors;  // none: it compiled
    std::size_t actions = 0;
    std::size_t findings = 0;
    double milliseconds = 0;
};

struct Totals {
    int compiled = 0;
    int refused = 0;
    std::string slowest;
    double most_milliseconds = 0;
};

Verdict judge(const std::string& text) {
    tests::Project project(text, {"linux/amd64", "linux/arm64"});
    Images images;
    compiler::Linter linter;
    compiler::CompileRequest request{
        project.matrix, {&project.matrix.targets[0]}, tests::platform_of("linux/amd64"), compiler::CompileMode::Check, &linter, {}};
    request.on_dockerfile = [&](const compiler::PartialDockerfile& read, const compiler::Build&) { linter.begin(read, std::nullopt); };
    Verdict verdict;
    const auto begin = std::chrono::steady_clock::now();
    auto compiled = compiler::compile(request, {project.files, images, project.sources});
    verdict.findings = linter.findings().size();
    verdict.milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    if (compiled) verdict.actions = compiled->plan.actions.size();
    else verdict.errors = std::move(compiled).error();
    return verdict;
}

void print(const std::string& line) {
    std::puts(line.c_str());
    std::fflush(stdout);  // what a crash leaves behind names the file before the one that crashed
}

bool judge_file(const std::string& path, Totals& totals) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream || !std::filesystem::is_regular_file(path)) {
        print(format("{}: can't be read", path));
        return false;
    }
    const Verdict verdict = judge({std::istreambuf_iterator<char>(stream), {}});
    if (verdict.milliseconds > totals.most_milliseconds) {
        totals.most_milliseconds = verdict.milliseconds;
        totals.slowest = path;
    }
    if (verdict.errors.empty()) {
        ++totals.compiled;
        print(format("{}: ok: {} actions, {} findings, {:.1f} ms", path, verdict.actions, verdict.findings, verdict.milliseconds));
        return true;
    }
    ++totals.refused;
    for (const Error& error : verdict.errors)
        print(format("{}: refused: {}: {} ({:.1f} ms)", path, error.place ? format_place(*error.place) : std::string("nowhere"),
                     error.message, verdict.milliseconds));
    return true;
}

std::optional<std::vector<std::string>> read_call(int argc, char** argv) {
    std::vector<std::string> paths(argv + 1, argv + argc);
    if (paths.empty() || paths.front() != "--list") return paths.empty() ? std::nullopt : std::optional(paths);
    if (paths.size() != 2) return std::nullopt;
    std::ifstream list(paths[1]);
    if (!list) return std::nullopt;
    paths.clear();
    for (std::string line; std::getline(list, line);)
        if (!line.empty()) paths.push_back(line);
    return paths;
}

}  // namespace

int main(int argc, char** argv) {
    const auto paths = read_call(argc, argv);
    if (!paths) {
        std::fputs("usage: corpus FILE… | corpus --list FILE\n", stderr);
        return 2;
    }
    Totals totals;
    bool readable = true;
    for (const std::string& path : *paths) readable = judge_file(path, totals) && readable;
    print(format("{} compiled, {} refused, slowest {:.1f} ms: {}", totals.compiled, totals.refused, totals.most_milliseconds,
                 totals.slowest));
    if (!readable) return 2;
    return totals.refused == 0 ? 0 : 1;
}
