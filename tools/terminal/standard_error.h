// Standard error, which has one door: whoever writes a line while the region of a live terminal is shown writes it above the region. One
// per process, as the descriptor is; safe to use from several threads. Does not know what is written.
#pragma once

#include "runtime/sys/guarded.h"
#include "tools/terminal/screen_writer.h"

#include <string_view>
#include <vector>

namespace mabplan::tools {

class StandardError {
public:
    static StandardError& of_process();

    bool is_terminal() const;
    ScreenSize size() const;  // now; 80 x 24 where it says nothing

    void print(std::string_view text);  // whole lines
    // From here on a region is shown, until `end_region`; while the process is stopped it may lose its place, and begins anew then.
    void begin_region(Shrinking shrinking);
    void show(const std::vector<std::string>& above, std::vector<std::string> region);
    void end_region();

private:
    StandardError() = default;
    static void write(std::string_view text);

    runtime::Guarded<ScreenWriter> writer_;
};

}  // namespace mabplan::tools
