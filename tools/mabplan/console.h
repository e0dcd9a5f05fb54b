// What a person sees: one line per step on standard error, warnings, errors. Results go to standard output elsewhere.
#pragma once

#include "plans/model/plan.h"
#include "runtime/exec/observer.h"
#include "tools/mabplan/command_line.h"

#include <map>
#include <mutex>
#include <set>
#include <string>

namespace mabplan::tools {

void print_error(const Error& error);
void print_warning(std::string_view text);
void print_note(std::string_view text);

// Plain progress: a line when a step starts that may take long, its output, a line with how it was done and the seconds.
// The output of parallel steps is not mixed: that of the oldest running step streams, the rest waits.
class Console final : public runtime::RunObserver {
public:
    Console(const Plan& plan, Progress progress, Detail detail = Detail::Usual);
    ~Console() override;

    void started(ActionId id) override;
    void output(ActionId id, std::string_view bytes) override;
    void note(ActionId id, std::string_view text) override;
    void finished(ActionId id, runtime::HowDone how, double seconds) override;
    void failed(ActionId id, const Error& error) override;
    void exporting(std::string_view what) override;
    void detail(ActionId id, std::string_view text) override;
    void warning(std::string_view text) override;

private:
    std::string label(ActionId id) const;
    void print_lines(ActionId id, std::string& text, bool all);
    void end_step(ActionId id, const std::string& verdict);

    const Plan& plan_;
    Progress progress_;
    Detail detail_;
    std::mutex mutex_;
    std::map<std::uint32_t, std::string> held_;  // output not yet printed
    std::set<std::uint32_t> running_;
    std::size_t printed_bytes_ = 0;
    std::set<std::string> warned_;
};

}  // namespace mabplan::tools
