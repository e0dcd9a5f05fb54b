// Bytes on their way, shown on standard error by lines: one for each transfer that ended, and one now and then for those that take long.
// For verbs that run no plan. Does not know what is moved.
#pragma once

#include "runtime/events/build_observer.h"
#include "runtime/sys/guarded.h"
#include "tools/terminal/progress_choice.h"

#include <cstdint>
#include <map>

namespace mabplan::tools {

// Quiet shows nothing.
class TransferLines final : public runtime::EventSink {
public:
    explicit TransferLines(Progress progress) : is_quiet_(progress == Progress::Quiet || progress == Progress::RawJson) {}

    void tell(runtime::Happening what) override;

private:
    struct Going {
        double begun = 0;
        double told = 0;  // when it was told of last
        std::uint64_t at_begin = 0;
    };
    bool is_quiet_;
    runtime::Guarded<std::map<std::uint64_t, Going>> going_;
};

}  // namespace mabplan::tools
