// Twins of what stands around steps: a runner that runs nothing, a log that keeps what it hears, files of mounts that are only named.
#pragma once

#include "plans/base/format.h"
#include "runtime/step/cpu_reruns.h"
#include "runtime/step/step_inputs.h"
#include "runtime/step/step_runner.h"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace mabplan::tests {

class FakeStepLog final : public runtime::StepLog {
public:
    void output(std::string_view bytes) override { said += bytes; }
    void note(std::string_view text) override { notes.emplace_back(text); }

    std::string said;
    std::vector<std::string> notes;
};

// Answers each request as it is told, and remembers them.
class FakeStepRunner final : public runtime::StepRunner {
public:
    using Answer = std::function<Result<StepResult>(const StepRequest&)>;
    explicit FakeStepRunner(Answer answer) : answer_(std::move(answer)) {}

    Result<StepResult> run(const StepRequest& request, runtime::StepLog& log) override {
        const std::scoped_lock lock(mutex_);
        requests.push_back(request);
        log.output("ran " + request.text + "\n");
        return answer_(request);
    }
    std::string host_facts(const Platform& platform) const override { return platform.architecture == "arm64" ? facts_of_arm64 : ""; }

    std::vector<StepRequest> requests;
    std::string facts_of_arm64;

private:
    std::mutex mutex_;
    Answer answer_;
};

// Every context is one layer of its tree's name, every root one layer of its number.
class FakeMountFiles final : public runtime::MountFiles {
public:
    Result<std::string> identity(const FileOrigin& from, const std::string& source) override { return name_of(from) + " " + source; }
    Result<LayersInput> layers(const FileOrigin& from, const std::string& source) override {
        return LayersInput{{Digest::of(name_of(from))}, source, false};
    }
    Result<TreeEntry> facts(const FileOrigin&, const std::string&) override { return own; }
    Result<std::optional<CacheSeed>> seed(const FileOrigin& from, const std::string& source) override {
        if (const auto* root = std::get_if<RootFiles>(&from); root != nullptr && !root->root) return std::optional<CacheSeed>();
        if (!seed_fails.empty()) return fail(ErrorKind::Step, seed_fails);
        return std::optional(CacheSeed{Digest::of(name_of(from) + source), {Digest::of(name_of(from))}});
    }
    std::vector<Digest> made_among(const std::vector<Digest>& layers) override { return layers; }

    static std::string name_of(const FileOrigin& from) {
        if (const auto* context = std::get_if<ContextFiles>(&from)) return "context " + context->tree.short_hex();
        const auto* root = std::get_if<RootFiles>(&from);
        return root == nullptr ? "inline" : root->root ? format("root {}", root->root->index) : "nothing";
    }

    TreeEntry own;
    std::string seed_fails;
};

// The models of an emulator that knows all of them but one.
class FakeCpuModels final : public runtime::CpuModels {
public:
    std::span<const std::string_view> wider() const override { return models; }
    void run_with_usual(const std::function<void()>& run) override { run(); }
    Result<bool> run_with(std::string_view model, const std::function<void()>& run) override {
        if (!fails.empty()) return fail(ErrorKind::Environment, fails);
        if (model == unknown) return false;
        run();
        return true;
    }

    std::vector<std::string_view> models;
    std::string_view unknown = "unknown";
    std::string fails;
};

}  // namespace mabplan::tests
