#include "runtime/log/styled_text.h"

#include "runtime/log/character_width.h"
#include "runtime/log/control_codes.h"
#include "runtime/log/output_lines.h"

namespace mabplan::runtime {

namespace {

class WidthCount final : public CodeReceiver {
public:
    void character(char32_t character) override { columns_ += static_cast<std::size_t>(character_width(character)); }
    void control(char) override {}
    void sequence(char, std::string_view) override {}
    std::size_t columns() const { return columns_; }

private:
    std::size_t columns_ = 0;
};

// The length of the sequence or of the character with what joins it, at the beginning of the text.
std::size_t length_of_sequence(std::string_view text) {
    if (!text.starts_with("\x1b[")) return 0;
    const std::size_t end = text.find('m');
    return end == std::string_view::npos ? text.size() : end + 1;
}

std::size_t length_of_character(std::string_view text) {
    std::size_t length = 1;
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80) ++length;
    return length;
}

// The longest beginning that is not wider.
std::string_view beginning(std::string_view text, std::size_t columns) {
    std::size_t at = 0, width = 0;
    while (at < text.size()) {
        const std::size_t sequence = length_of_sequence(text.substr(at));
        const std::size_t length = sequence > 0 ? sequence : length_of_character(text.substr(at));
        if (sequence == 0) width += width_of(text.substr(at, length));
        if (width > columns) break;
        at += length;
    }
    return text.substr(0, at);
}

}  // namespace

std::size_t width_of(std::string_view text) {
    WidthCount count;
    ControlCodes codes(count);
    codes.add(text);
    return count.columns();
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
    if (width_of(text) <= columns) return std::string(text);
    constexpr std::string_view kMore = "...";
    const std::string_view more = columns > 2 * kMore.size() ? kMore : std::string_view();
    std::string cut(beginning(text, columns - more.size()));
    if (cut.find('\x1b') != std::string::npos) cut += style_code({});
    return cut.append(more);
}

std::string pad_to_width(std::string_view text, std::size_t columns) {
    std::string padded = cut_to_width(text, columns);
    const std::size_t width = width_of(padded);
    return width < columns ? padded.append(columns - width, ' ') : padded;
}

std::string without_styles(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size();) {
        if (const std::size_t sequence = length_of_sequence(text.substr(at)); sequence > 0) at += sequence;
        else plain += text[at++];
    }
    return plain;
}

std::string as_one_line(std::string_view text) {
    OutputLines lines;
    std::string line;
    const auto join = [&](const std::vector<std::string>& more) {
        for (const std::string& one : more) line += (line.empty() ? "" : " ") + without_styles(one);
    };
    join(lines.add(text));
    join(lines.finish());
    return line;
}

}  // namespace mabplan::runtime
