#include "runtime/log/text_style.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <span>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::uint32_t kDirect = 1U << 31U;

using Numbers = std::vector<std::uint64_t>;  // what stands between two semicolons: one number, or several with colons between them

std::vector<Numbers> read_parameters(std::string_view parameters) {
    std::vector<Numbers> read;
    for (const std::string_view group : split(parameters, ';')) {
        Numbers numbers;
        for (const std::string_view number : split(group, ':')) numbers.push_back(parse_unsigned(number).value_or(0));
        if (numbers.empty()) numbers.push_back(0);
        read.push_back(std::move(numbers));
    }
    if (read.empty()) read.push_back({0});
    return read;
}

std::uint32_t of_palette(std::uint64_t number) { return number < 256 ? static_cast<std::uint32_t>(number) + 1 : 0; }

std::uint32_t direct(std::span<const std::uint64_t> red_green_blue) {
    std::uint32_t colour = 0;
    for (const std::uint64_t part : red_green_blue) colour = colour << 8U | static_cast<std::uint32_t>(part & 0xFFU);
    return colour | kDirect;
}

// The colour behind a 38 or 48 at `place`, which moves over what belongs to it.
std::uint32_t read_colour(std::span<const Numbers> groups, std::size_t& place) {
    Numbers numbers = groups[place];
    const bool is_one_group = numbers.size() > 1;
    if (!is_one_group)
        for (const Numbers& group : groups.subspan(place + 1)) numbers.push_back(group.front());
    const std::span<const std::uint64_t> all(numbers);
    if (all.size() >= 3 && all[1] == 5) {
        if (!is_one_group) place += 2;
        return of_palette(all[2]);
    }
    if (all.size() >= 5 && all[1] == 2) {
        if (!is_one_group) place += 4;
        return direct(is_one_group ? all.last(3) : all.subspan(2, 3));  // 38:2::R:G:B has a colour space, too
    }
    place = groups.size();
    return 0;
}

struct Switch {
    std::uint64_t on;
    std::uint64_t off;
    TextStyle::Attribute attribute;
};
constexpr Switch kSwitches[] = {{1, 22, TextStyle::Bold},       {2, 22, TextStyle::Faint},   {3, 23, TextStyle::Italic},
                                {4, 24, TextStyle::Underlined}, {7, 27, TextStyle::Inverse}, {9, 29, TextStyle::Struck}};

void set_attribute(const Numbers& group, TextStyle& style) {
    const bool is_off = group.size() > 1 && group[1] == 0;  // 4:0
    for (const Switch& one : kSwitches) {
        if (group.front() == one.off || (group.front() == one.on && is_off)) style.attributes &= static_cast<std::uint8_t>(~one.attribute);
        else if (group.front() == one.on) style.attributes |= one.attribute;
    }
}

std::string colour_code(std::uint32_t colour, unsigned base) {
    if (colour == 0) return {};
    if ((colour & kDirect) != 0) return format(";{};2;{};{};{}", base + 8, colour >> 16U & 0xFFU, colour >> 8U & 0xFFU, colour & 0xFFU);
    const std::uint32_t number = colour - 1;
    if (number < 8) return format(";{}", base + number);
    if (number < 16) return format(";{}", base + 60 + number - 8);
    return format(";{};5;{}", base + 8, number);
}

}  // namespace

void apply_parameters(std::string_view parameters, TextStyle& style) {
    const std::vector<Numbers> groups = read_parameters(parameters);
    for (std::size_t place = 0; place < groups.size(); ++place) {
        const std::uint64_t code = groups[place].front();
        if (code == 0) style = {};
        else if (code == 38) style.foreground = read_colour(groups, place);
        else if (code == 48) style.background = read_colour(groups, place);
        else if (code == 39) style.foreground = 0;
        else if (code == 49) style.background = 0;
        else if (code >= 30 && code < 38) style.foreground = of_palette(code - 30);
        else if (code >= 40 && code < 48) style.background = of_palette(code - 40);
        else if (code >= 90 && code < 98) style.foreground = of_palette(code - 90 + 8);
        else if (code >= 100 && code < 108) style.background = of_palette(code - 100 + 8);
        else set_attribute(groups[place], style);
    }
}

std::string style_code(const TextStyle& style) {
    std::string code = "\x1b[0";
    for (const Switch& one : kSwitches)
        if ((style.attributes & one.attribute) != 0) code += format(";{}", one.on);
    return code + colour_code(style.foreground, 30) + colour_code(style.background, 40) + "m";
}

}  // namespace mabplan::runtime
