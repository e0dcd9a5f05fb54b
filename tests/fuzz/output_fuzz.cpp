// Any bytes as what a program prints. However they are cut, they are the same lines; nothing of a terminal's language is in these but
// styles, which end with their line; and what was made harmless once stays as it is.
#include "plans/base/text.h"
#include "runtime/log/output_lines.h"
#include "runtime/log/styled_text.h"
#include "tests/fuzz/oracle.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace mabplan::runtime;
using mabplan::tests::must;
using Lines = std::vector<std::string>;

// The text without `ESC [ numbers m`; where the last of them is no reset, nothing.
std::string without_own_styles(const std::string& line) {
    std::string plain;
    std::string style = "0";
    for (std::size_t at = 0; at < line.size();) {
        if (line.compare(at, 2, "\x1b[") != 0) {
            plain += line[at++];
            continue;
        }
        const std::size_t end = line.find_first_not_of("0123456789;", at + 2);
        must(end != std::string::npos && line[end] == 'm', "an escape is a style");
        style = line.substr(at + 2, end - at - 2);
        at = end + 1;
    }
    must(style == "0", "styles end with their line");
    return plain;
}

void check_line(const std::string& line, std::size_t columns) {
    must(mabplan::is_valid_utf8(line), "a line is UTF-8");
    const std::string plain = without_own_styles(line);
    for (std::size_t at = 0; at < plain.size(); ++at) {
        const auto byte = static_cast<unsigned char>(plain[at]);
        must(byte >= 0x20 && byte != 0x7F, "no control codes");
        // U+0080 to U+009F: C2 80 to C2 9F
        must(byte != 0xC2 || static_cast<unsigned char>(plain[at + 1]) >= 0xA0, "no control codes of eight bits");
    }
    for (const char* turn : {"\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069", "\u2028"})
        must(plain.find(turn) == std::string::npos, "nothing turns the order of the text");
    must(width_of(line) <= columns, "a line is no wider than it may be");
    must(without_styles(line) == plain, "styles are known by those who cut lines");
}

Lines lines_of(std::string_view bytes, std::size_t piece, std::size_t columns) {
    OutputLines output(columns);
    Lines lines;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        for (std::string& line : output.add(bytes.substr(at, piece))) lines.push_back(std::move(line));
    check_line(output.current(), columns);
    const Lines last = output.finish();
    lines.insert(lines.end(), last.begin(), last.end());
    return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    for (const std::size_t columns : {std::size_t{10}, OutputLines::kMostColumns}) {
        const Lines whole = lines_of(text, std::max<std::size_t>(size, 1), columns);
        for (const std::size_t piece : {1U, 2U, 3U, 7U}) must(lines_of(text, piece, columns) == whole, "cuts change nothing");
        std::string again;
        for (const std::string& line : whole) {
            check_line(line, columns);
            again += line + "\n";
        }
        must(lines_of(again, again.size() + 1, columns) == whole, "lines stay as they are");
    }
    return 0;
}
