// What a person sees: one line per step on standard error, warnings, errors. Results go to standard output elsewhere.
#pragma once

#include "plans/model/plan.h"
#include "runtime/events/build_observer.h"
#include "tools/mabplan/command_line.h"

#include <map>
#include <set>
#include <string>

namespace mabplan::tools {

void print_error(const Error& error);
void print_warning(std::string_view text);
void print_note(std::string_view text);

// Plain progress: a line when a step starts that may take long, its output, a line with how it was done and the seconds.
// The output of parallel steps is not mixed: that of the oldest running step streams, the rest waits.
class Console final : public runtime::BuildObserver {
public:
    Console(const Plan& plan, Progress progress, Detail detail = Detail::Usual);
    ~Console() override;

    void see(const runtime::BuildEvent& event) override;

private:
    void show(const runtime::Started& started) { running_.insert(started.id.index); }
    void show(const runtime::Said& said);
    void show(const runtime::Noted& noted);
    void show(const runtime::Detail& detail);
    void show(const runtime::Finished& finished);
    void show(const runtime::Failed& failed);
    void show(const runtime::Exporting& exporting);
    void show(const runtime::Warned& warned);
    template <class Other>
    void show(const Other&) {}
    void warn(const std::string& text);
    std::string label(ActionId id) const;
    void print_lines(ActionId id, std::string& text, bool all);
    void end_step(ActionId id, const std::string& verdict);

    const Plan& plan_;
    Progress progress_;
    Detail detail_;
    std::map<std::uint32_t, std::string> held_;  // output not yet printed
    std::set<std::uint32_t> running_;
    std::size_t printed_bytes_ = 0;
    std::set<std::string> warned_;
};

}  // namespace mabplan::tools
