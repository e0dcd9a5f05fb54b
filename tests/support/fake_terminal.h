// As much of a terminal as a live region asks for: rows that scroll, a cursor, moving up, erasing, wrapping on and off. Anything else that
// it is sent is remembered as strange. Characters are ASCII.
#pragma once

#include "tools/terminal/live_view.h"
#include "tools/terminal/screen_writer.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::tests {

class FakeTerminal {
public:
    FakeTerminal(std::size_t columns, std::size_t rows) : columns_(columns), rows_(rows), lines_(1) {}

    void write(std::string_view text) {
        while (!text.empty()) {
            if (!text.starts_with("\x1b[")) {
                put(text.front());
                text.remove_prefix(1);
                continue;
            }
            const std::size_t end = text.find_first_not_of("?;0123456789", 2);
            obey(text.substr(2, end - 2), text.at(end));
            text.remove_prefix(end + 1);
        }
    }
    // All that was ever shown, the oldest first; without blanks at the ends of lines and empty lines at the end.
    std::vector<std::string> history() const {
        std::vector<std::string> all = lines_;
        for (std::string& line : all) line.erase(line.find_last_not_of(' ') + 1);
        while (!all.empty() && all.back().empty()) all.pop_back();
        return all;
    }
    std::string text() const {
        std::string all;
        for (const std::string& line : history()) all += line + "\n";
        return all;
    }
    bool wraps() const { return wraps_; }
    std::size_t column() const { return column_; }
    const std::vector<std::string>& strange() const { return strange_; }

private:
    std::size_t top() const { return lines_.size() > rows_ ? lines_.size() - rows_ : 0; }
    void put(char c) {
        if (c == '\r') column_ = 0;
        else if (c == '\n') feed();
        else if (static_cast<unsigned char>(c) < 0x20) strange_.emplace_back(1, c);
        else show(c);
    }
    void feed() {
        if (++row_ == lines_.size()) lines_.emplace_back();
    }
    void show(char c) {
        if (column_ == columns_) {
            if (wraps_) column_ = 0, feed();
            else column_ = columns_ - 1;
        }
        std::string& line = lines_[row_];
        if (line.size() <= column_) line.resize(column_ + 1, ' ');
        line[column_++] = c;
    }
    void obey(std::string_view parameters, char final) {
        const std::string sequence = std::string(parameters) + final;
        if (final == 'A') row_ -= std::min<std::size_t>(row_ - top(), std::stoul(std::string(parameters)));
        else if (sequence == "2K") lines_[row_].clear();
        else if (sequence == "J") lines_.resize(row_ + 1), lines_[row_].resize(std::min(column_, lines_[row_].size()));
        else if (sequence == "?7l") wraps_ = false;
        else if (sequence == "?7h") wraps_ = true;
        else if (final != 'm') strange_.push_back(sequence);
    }

    std::size_t columns_;
    std::size_t rows_;
    std::vector<std::string> lines_;
    std::size_t row_ = 0;
    std::size_t column_ = 0;
    bool wraps_ = true;
    std::vector<std::string> strange_;
};

// A screen of one size that a live view draws on, through the real writer.
class FakeScreen final : public tools::RegionScreen {
public:
    FakeScreen(std::size_t columns, std::size_t rows) : terminal(columns, rows), size_{columns, rows} {}
    tools::ScreenSize size() const override { return size_; }
    void show(const std::vector<std::string>& above, std::vector<std::string> region) override {
        const std::string sent = writer.update(above, std::move(region), size_);
        writes += sent.empty() ? 0 : 1;
        terminal.write(sent);
    }

    FakeTerminal terminal;
    tools::ScreenWriter writer;
    std::size_t writes = 0;

private:
    tools::ScreenSize size_;
};

}  // namespace mabplan::tests
