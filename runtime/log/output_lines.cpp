#include "runtime/log/output_lines.h"

#include "plans/base/text.h"
#include "runtime/log/character_width.h"

#include <algorithm>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kTab = 8;
constexpr std::size_t kMostJoined = 32;  // bytes of one cell: marks may be heaped up without end

std::string encode(char32_t code) {
    const auto byte = [](char32_t bits) { return static_cast<char>(static_cast<unsigned char>(bits)); };
    const auto rest = [&](unsigned shift) { return byte(0x80 | (code >> shift & 0x3FU)); };
    if (code < 0x80) return {byte(code)};
    if (code < 0x800) return {byte(0xC0 | code >> 6U), rest(0)};
    if (code < 0x10000) return {byte(0xE0 | code >> 12U), rest(6), rest(0)};
    return {byte(0xF0 | code >> 18U), rest(12), rest(6), rest(0)};
}

// They turn the order of what follows on the line, and of what is not theirs (Unicode TR 9), or end it.
bool turns_text(char32_t code) {
    return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0x200E || code == 0x200F || code == 0x61C ||
           code == 0x2028 || code == 0x2029;
}

}  // namespace

std::vector<std::string> OutputLines::add(std::string_view bytes) {
    codes_.add(bytes);
    return std::exchange(ended_, {});
}

std::vector<std::string> OutputLines::finish() {
    codes_.end();
    if (!current().empty()) end_line();
    cells_.clear();
    column_ = 0;
    return std::exchange(ended_, {});
}

std::string OutputLines::current() const {
    std::size_t count = cells_.size();
    const auto is_blank = [](const Cell& cell) { return cell.text == " " && cell.style.background == 0 && cell.style.attributes == 0; };
    while (count > 0 && is_blank(cells_[count - 1])) --count;
    std::string line;
    TextStyle now;
    for (std::size_t i = 0; i < count; ++i) {
        if (cells_[i].text.empty()) continue;
        if (cells_[i].style != now) line += style_code(now = cells_[i].style);
        line += cells_[i].text;
    }
    if (now != TextStyle{}) line += style_code({});
    return line;
}

void OutputLines::end_line() {
    ended_.push_back(current());
    cells_.clear();
    column_ = 0;
}

void OutputLines::character(char32_t character) {
    if (turns_text(character)) return;
    const int width = character_width(character);
    if (width == 0) return join(encode(character));
    if (column_ + static_cast<std::size_t>(width) > most_columns_) end_line();
    put(encode(character), width);
}

void OutputLines::join(const std::string& text) {
    std::size_t column = std::min(column_, cells_.size());
    while (column > 0 && cells_[column - 1].text.empty()) --column;
    if (column == 0) return;
    std::string& cell = cells_[column - 1].text;
    if (cell.size() + text.size() <= kMostJoined) cell += text;
}

// What is left of a wide character when something stands on its other half.
void OutputLines::blank(std::size_t column) {
    if (column >= cells_.size()) return;
    if (cells_[column].text.empty() && column > 0) cells_[column - 1].text = " ";
    if (column + 1 < cells_.size() && cells_[column + 1].text.empty()) cells_[column + 1].text = " ";
}

void OutputLines::put(const std::string& text, int width) {
    const std::size_t end = column_ + static_cast<std::size_t>(width);
    for (std::size_t column = column_; column < end; ++column) blank(column);
    if (cells_.size() < end) cells_.resize(end, Cell{" ", {}});
    for (std::size_t column = column_; column < end; ++column) cells_[column] = {column == column_ ? text : std::string(), style_};
    column_ = end;
}

void OutputLines::control(char control) {
    if (control == '\n') return end_line();
    if (control == '\r') column_ = 0;
    else if (control == '\b') column_ -= std::min<std::size_t>(column_, 1);
    else column_ = std::min(most_columns_, (column_ / kTab + 1) * kTab);
}

// Of those that shape text, the ones that stay on their line: colours, moves along it, erasing in it (ECMA-48 8.3).
void OutputLines::sequence(char final, std::string_view parameters) {
    if (final == 'm') return apply_parameters(parameters, style_);
    const std::size_t most = most_columns_;
    const std::size_t number = std::min<std::size_t>(std::max<std::size_t>(parse_unsigned(parameters).value_or(1), 1), most);
    if (final == 'C') column_ = std::min(most, column_ + number);
    else if (final == 'D') column_ -= std::min(column_, number);
    else if (final == 'G' || final == '`') column_ = number - 1;
    else if (final == 'K' || (final == 'J' && (parameters.empty() || parameters == "0"))) erase(parameters);
}

void OutputLines::erase(std::string_view how) {
    blank(column_);
    if (how.empty() || how == "0") {
        if (column_ < cells_.size()) cells_.resize(column_);
    } else if (how == "2") {
        cells_.clear();
    } else if (how == "1") {
        const std::size_t end = std::min(cells_.size(), column_ + 1);
        std::fill(cells_.begin(), cells_.begin() + static_cast<std::ptrdiff_t>(end), Cell{" ", {}});
    }
}

}  // namespace mabplan::runtime
