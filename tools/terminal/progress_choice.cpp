#include "tools/terminal/progress_choice.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mabplan::tools {

namespace {

constexpr std::array<std::pair<const char*, Progress>, 5> kWords{{{"auto", Progress::Auto},
                                                                  {"tty", Progress::Tty},
                                                                  {"plain", Progress::Plain},
                                                                  {"quiet", Progress::Quiet},
                                                                  {"rawjson", Progress::RawJson}}};

std::string value_of(const Variables& variables, const std::string& name) { return variables(name).value_or(std::string{}); }

bool is_dumb(const Variables& variables) {
    const std::string terminal = value_of(variables, "TERM");
    return terminal.empty() || terminal == "dumb";
}

}  // namespace

const std::vector<std::string>& progress_words() {
    static const std::vector<std::string> words = [] {
        std::vector<std::string> all;
        for (const auto& [word, progress] : kWords) all.emplace_back(word);
        return all;
    }();
    return words;
}

std::optional<Progress> parse_progress(const std::string& word) {
    for (const auto& [known, progress] : kWords)
        if (word == known) return progress;
    return std::nullopt;
}

Result<Progress> asked_progress(const std::optional<Progress>& flag, const Variables& variables) {
    if (flag) return *flag;
    for (const char* name : {"MABPLAN_PROGRESS", "BUILDKIT_PROGRESS"}) {
        const std::string word = value_of(variables, name);
        if (word.empty()) continue;
        if (const auto progress = parse_progress(word)) return *progress;
        return fail(ErrorKind::Input, format("{}: there is no progress {}", name, quoted(word)),
                    format("expected {}, or unset it", join(progress_words(), ", ")));
    }
    return Progress::Auto;
}

Progress possible_progress(Progress asked, bool is_terminal, const Variables& variables) {
    if (asked != Progress::Auto && asked != Progress::Tty) return asked;
    return is_terminal && !is_dumb(variables) ? Progress::Tty : Progress::Plain;
}

runtime::Colours choose_colours(bool is_terminal, const Variables& variables) {
    const auto when = [](bool yes) { return yes ? runtime::Colours::Yes : runtime::Colours::No; };
    if (!value_of(variables, "NO_COLOR").empty()) return runtime::Colours::No;
    for (const char* name : {"CLICOLOR_FORCE", "FORCE_COLOR"})
        if (const std::string value = value_of(variables, name); !value.empty() && value != "0") return runtime::Colours::Yes;
    return when(is_terminal && !is_dumb(variables) && value_of(variables, "CLICOLOR") != "0" && value_of(variables, "FORCE_COLOR") != "0");
}

bool breaks_lines_anew(const Variables& variables) {
    constexpr std::array kSigns{"TMUX",       "VTE_VERSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "ALACRITTY_WINDOW_ID",
                                "WT_SESSION", "WEZTERM_PANE"};
    return std::any_of(kSigns.begin(), kSigns.end(), [&](const char* name) { return variables(name).has_value(); });
}

}  // namespace mabplan::tools
