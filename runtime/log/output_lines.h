// What a program prints, as lines that can be shown anywhere: what a person would see of each on a terminal as wide as need be. A bar
// that is drawn over with \r is its last state; colours stay, and end with their line; titles, bells, clearing, moves to other lines and
// all other control codes are gone. Streaming, with bounded memory. Does not know who shows the lines, nor how wide that is.
#pragma once

#include "runtime/log/control_codes.h"
#include "runtime/log/text_style.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// Lines are valid UTF-8 without control characters but `ESC [ … m`, which no line needs of another; without blanks at their end.
class OutputLines final : private CodeReceiver {
public:
    // A longer line goes on in the next one.
    static constexpr std::size_t kMostColumns = 4096;

    explicit OutputLines(std::size_t most_columns = kMostColumns) : most_columns_(most_columns) {}
    OutputLines(const OutputLines&) = delete;
    OutputLines& operator=(const OutputLines&) = delete;

    // The lines that end in these bytes.
    std::vector<std::string> add(std::string_view bytes);
    // The line that has not ended yet; empty if nothing stands in it.
    std::string current() const;
    // No more bytes come: the line that has not ended, if anything stands in it.
    std::vector<std::string> finish();

private:
    struct Cell {
        std::string text;  // a character and what joins it; empty: the second half of a wide one
        TextStyle style;
    };

    void character(char32_t character) override;
    void control(char control) override;
    void sequence(char final, std::string_view parameters) override;
    void join(const std::string& text);
    void put(const std::string& text, int width);
    void blank(std::size_t column);
    void erase(std::string_view how);
    void end_line();

    std::size_t most_columns_;
    ControlCodes codes_{*this};
    std::vector<Cell> cells_;
    std::size_t column_ = 0;
    TextStyle style_;
    std::vector<std::string> ended_;
};

}  // namespace mabplan::runtime
