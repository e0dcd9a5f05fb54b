// Turns lines that scroll up, and the region below them, into what a terminal must be sent: only what changed, and no more than moves up
// by rows, erasing, and line feeds. No alternate screen, and the cursor is never hidden: whenever this is killed, the terminal is as it
// was. Knows what it drew, not what stands in it. Pure: text in, text out.
#pragma once

#include "tools/terminal/region.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan::tools {

// Rows that a terminal pushed out of its upper edge when it changed its size are out of reach: what stood there of a region stays there.
enum class Shrinking { CutsLines, BreaksLines };  // what the terminal does to lines that have become too long

class ScreenWriter {
public:
    explicit ScreenWriter(Shrinking shrinking = Shrinking::CutsLines) : shrinking_(shrinking) {}

    // `above`: lines that come to stand above the region and stay. `region`: takes the place of the one before.
    std::string update(const std::vector<std::string>& above, std::vector<std::string> region, const ScreenSize& size);
    // Text with line feeds of its own, above the region, which stays.
    std::string print_above(std::string_view text);
    // The region goes, the cursor stands where it began.
    std::string clear() { return update({}, {}, size_); }
    // Somebody else has written since: the region begins anew, where the cursor stands.
    void forget() { region_.clear(); }

private:
    std::string go_up(std::size_t rows) const;
    std::size_t rows_drawn(const ScreenSize& size) const;
    static std::string drawn(const std::vector<std::string>& region);

    Shrinking shrinking_;
    std::vector<std::string> region_;
    ScreenSize size_;
};

}  // namespace mabplan::tools
