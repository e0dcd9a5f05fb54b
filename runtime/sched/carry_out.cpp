#include "runtime/sched/carry_out.h"

#include "runtime/sys/guarded.h"
#include "runtime/sys/thread.h"

#include <condition_variable>

namespace mabplan::runtime {

namespace {

class Shift {
public:
    Shift(Schedule& schedule, const Crew& crew) : schedule_(&schedule), crew_(crew) {}

    Status work() {
        auto schedule = schedule_.lock();
        for (;;) {
            if (crew_.is_stopped()) (*schedule)->cancel();
            if (const auto next = (*schedule)->take()) {
                const Result<ActionEnd> end = schedule.without([&] { return execute(*next); });
                (*schedule)->finish(*next, end && *end == ActionEnd::Done);
                if (!end || *end == ActionEnd::FailedForAll) (*schedule)->cancel();
                changed_.notify_all();
                if (!end) return fail(end.error());
            } else if ((*schedule)->open() == 0) {
                changed_.notify_all();
                return {};
            } else {
                schedule.wait(changed_, [&] { return (*schedule)->has_ready() || (*schedule)->open() == 0; });
            }
        }
    }

private:
    Result<ActionEnd> execute(ActionId id) const {
        return without_throwing([&]() -> Result<ActionEnd> { return crew_.execute(id); });
    }

    Guarded<Schedule*> schedule_;
    const Crew& crew_;
    std::condition_variable changed_;
};

}  // namespace

Status carry_out(Schedule& schedule, const Crew& crew) {
    Shift shift(schedule, crew);
    return share_work(crew.most, [&shift] { return shift.work(); });
}

}  // namespace mabplan::runtime
