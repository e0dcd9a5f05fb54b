// What of a step's output is passed on: all of it up to a bound, then one line that says so. A step may print more than a disk holds.
#pragma once

#include <cstddef>
#include <string_view>

namespace mabplan::runtime {

class LogLimit {
public:
    static constexpr std::size_t kBytes = 2U << 20U;  // as BuildKit's
    static constexpr std::string_view kNote = "\n[the log of this step is cut off here: it has reached 2 MiB]\n";

    // Calls `pass` with what may be passed on of the next bytes.
    template <class Pass>
    void add(std::string_view bytes, const Pass& pass) {
        if (left_ == 0) return;
        const std::string_view kept = bytes.substr(0, left_);
        left_ -= kept.size();
        pass(kept);
        if (left_ == 0) pass(kNote);
    }

private:
    std::size_t left_ = kBytes;
};

}  // namespace mabplan::runtime
