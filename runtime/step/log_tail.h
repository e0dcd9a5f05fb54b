// The end of a step's output as lines that can be shown anywhere (output_lines.h), however much was printed and in whatever pieces.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mabplan::runtime {

class LogTail {
public:
    // Of so many bytes at the end, the last lines; what of a line is wider than that many columns is left out.
    explicit LogTail(std::size_t lines = 40, std::size_t columns = 2000, std::size_t bytes = 128U << 10U)
        : lines_(lines), columns_(columns), bytes_(bytes) {}

    void add(std::string_view bytes);
    // One line per line, each ended by a line feed.
    std::string text() const;

private:
    std::size_t lines_;
    std::size_t columns_;
    std::size_t bytes_;
    std::string kept_;
    bool lost_some_ = false;
};

}  // namespace mabplan::runtime
