// A run on a terminal: what is done scrolls up and stays, below it a region shows what goes on. Knows no clock but that of the events.
#pragma once

#include "runtime/events/build_observer.h"
#include "tools/terminal/build_state.h"
#include "tools/terminal/estimate.h"
#include "tools/terminal/region.h"
#include "tools/terminal/warnings.h"

#include <string>
#include <utility>
#include <vector>

namespace mabplan::tools {

// Where a live view draws; StandardError, but for tests.
class RegionScreen {
public:
    virtual ~RegionScreen() = default;
    virtual ScreenSize size() const = 0;
    virtual void show(const std::vector<std::string>& above, std::vector<std::string> region) = 0;
};

enum class Details { Hidden, Shown };  // what only who asks for more wants to know

struct LiveLook {
    runtime::Colours colours = runtime::Colours::No;
    Details details = Details::Hidden;
    int jobs = 1;  // steps at a time
};

class LiveView final : public runtime::BuildObserver {
public:
    // Plan and screen must outlive it.
    LiveView(const Plan& plan, RegionScreen& screen, const LiveLook& look);

    void see(const runtime::BuildEvent& event) override;
    void tick(double at) override { draw(at); }
    // How long steps took before, for an estimate; may come while they run.
    void know_past(PastSeconds past) { past_ = std::move(past); }

private:
    void tell(const runtime::Noted& noted);
    void tell(const runtime::Detail& detail);
    void tell(const runtime::Finished& finished);
    void tell(const runtime::Failed& failed);
    void tell(const runtime::Transfer& transfer);
    void tell(const runtime::Exported& exported);
    void tell(const runtime::Warned& warned);
    template <class Other>
    void tell(const Other&) {}
    void draw(double at);

    RegionScreen& screen_;
    LiveLook look_;
    PastSeconds past_;
    std::vector<StepName> names_;
    BuildState state_;
    std::vector<std::string> above_;  // not drawn yet
    Warnings warnings_;
    double at_ = 0;
    double drawn_at_ = -1;
};

}  // namespace mabplan::tools
