// A run as lines, for logs and pipes: each says for itself what it belongs to. What steps that run side by side print stays together: that
// of the oldest is shown as it comes, that of the others is held until they end or are the oldest. A step of which nothing is shown for
// long says that it is alive. Knows no clock but that of the events.
#pragma once

#include "runtime/events/build_observer.h"
#include "runtime/log/output_lines.h"
#include "runtime/log/text_style.h"
#include "tools/terminal/live_view.h"
#include "tools/terminal/step_names.h"
#include "tools/terminal/warnings.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mabplan::tools {

struct PlainLook {
    runtime::Colours colours = runtime::Colours::No;
    Details details = Details::Hidden;
    double first_alive = 10;                // seconds without a line; then twice as long each time, up to a minute
    std::size_t most_held = 8U << 20U;      // bytes of one step
    std::size_t most_printed = 64U << 20U;  // bytes of all steps
};

class PlainView final : public runtime::BuildObserver {
public:
    using Print = std::function<void(std::string_view)>;  // whole lines

    PlainView(const Plan& plan, Print print, PlainLook look);

    void see(const runtime::BuildEvent& event) override;
    void tick(double at) override;

private:
    struct Running {
        ActionId id;
        double since = 0;
        double heard_at = 0;     // when a line of it was last printed
        double alive_after = 0;  // seconds of silence
        std::unique_ptr<runtime::OutputLines> output;
        std::vector<std::string> held;
        std::size_t held_bytes = 0;
        std::size_t lost_lines = 0;  // for which there was no room
    };

    void tell(const runtime::RunBegan&) { running_.clear(); }
    void tell(const runtime::Started& started);
    void tell(const runtime::Said& said);
    void tell(const runtime::Unsaid& unsaid);
    void tell(const runtime::Noted& noted);
    void tell(const runtime::Detail& detail);
    void tell(const runtime::Finished& finished);
    void tell(const runtime::Failed& failed);
    void tell(const runtime::Transfer& transfer);
    void tell(const runtime::Exporting& exporting);
    void tell(const runtime::Warned& warned);
    void tell(const runtime::RunEnded& ended);
    template <class Other>
    void tell(const Other&) {}

    Running* find(ActionId id);
    void hold(Running& step, std::vector<std::string> lines);
    void print_held(Running& step);
    void end(ActionId id, const std::string& verdict);
    void say_alive(Running& step, double at);
    void print_line(ActionId id, std::string_view text);

    Print print_;
    PlainLook look_;
    std::vector<StepName> names_;
    std::vector<Running> running_;               // in the order in which they were started
    std::map<std::uint64_t, double> transfers_;  // number -> when it began
    Warnings warnings_;
    std::size_t printed_ = 0;    // bytes of output
    std::size_t unprinted_ = 0;  // bytes of output above the bound
    double at_ = 0;
};

}  // namespace mabplan::tools
