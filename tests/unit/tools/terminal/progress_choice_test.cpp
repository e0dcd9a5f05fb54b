#include "tools/terminal/progress_choice.h"

#include <doctest/doctest.h>

#include <map>

using namespace mabplan;
using namespace mabplan::tools;
using runtime::Colours;

namespace {

Variables variables(std::map<std::string, std::string> values) {
    return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
    };
}

}  // namespace

TEST_CASE("the flag wins over our variable, ours over BuildKit's") {
    const auto both = variables({{"MABPLAN_PROGRESS", "plain"}, {"BUILDKIT_PROGRESS", "rawjson"}});
    CHECK(asked_progress(Progress::Tty, both) == Progress::Tty);
    CHECK(asked_progress(Progress::Auto, both) == Progress::Auto);
    CHECK(asked_progress({}, both) == Progress::Plain);
    CHECK(asked_progress({}, variables({{"BUILDKIT_PROGRESS", "rawjson"}})) == Progress::RawJson);
    CHECK(asked_progress({}, variables({{"MABPLAN_PROGRESS", ""}, {"BUILDKIT_PROGRESS", "quiet"}})) == Progress::Quiet);
    CHECK(asked_progress({}, variables({})) == Progress::Auto);
    for (const std::string& word : progress_words()) CHECK(parse_progress(word));
}

TEST_CASE("a word that is none is told with its variable") {
    const auto asked = asked_progress({}, variables({{"BUILDKIT_PROGRESS", "fancy"}}));
    REQUIRE_FALSE(asked);
    CHECK(asked.error().message == "BUILDKIT_PROGRESS: there is no progress \"fancy\"");
    CHECK(asked.error().hint == "expected auto, tty, plain, quiet, rawjson, or unset it");
    CHECK(asked_progress(Progress::Plain, variables({{"BUILDKIT_PROGRESS", "fancy"}})) == Progress::Plain);
}

TEST_CASE("a region needs a terminal that can move its cursor") {
    const auto xterm = variables({{"TERM", "xterm"}});
    CHECK(possible_progress(Progress::Auto, true, xterm) == Progress::Tty);
    CHECK(possible_progress(Progress::Auto, false, xterm) == Progress::Plain);
    CHECK(possible_progress(Progress::Tty, false, xterm) == Progress::Plain);
    CHECK(possible_progress(Progress::Tty, true, variables({{"TERM", "dumb"}})) == Progress::Plain);
    CHECK(possible_progress(Progress::Auto, true, variables({})) == Progress::Plain);
    for (const Progress other : {Progress::Plain, Progress::Quiet, Progress::RawJson})
        CHECK(possible_progress(other, true, xterm) == other);
}

TEST_CASE("colours: NO_COLOR, then CLICOLOR_FORCE and FORCE_COLOR, then CLICOLOR, then the terminal") {
    const auto on = [](bool is_terminal, std::map<std::string, std::string> values) {
        values.try_emplace("TERM", "xterm");
        return choose_colours(is_terminal, variables(std::move(values))) == Colours::Yes;
    };
    CHECK(on(true, {}));
    CHECK_FALSE(on(false, {}));
    CHECK_FALSE(on(true, {{"TERM", "dumb"}}));
    CHECK_FALSE(on(true, {{"NO_COLOR", "1"}}));
    CHECK(on(true, {{"NO_COLOR", ""}}));
    CHECK_FALSE(on(false, {{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}}));
    CHECK(on(false, {{"CLICOLOR_FORCE", "1"}}));
    CHECK(on(false, {{"CLICOLOR_FORCE", "1"}, {"CLICOLOR", "0"}}));
    CHECK_FALSE(on(false, {{"CLICOLOR_FORCE", "0"}}));
    CHECK_FALSE(on(true, {{"CLICOLOR", "0"}}));
    CHECK(on(true, {{"CLICOLOR", "1"}}));
    CHECK_FALSE(on(false, {{"CLICOLOR", "1"}}));
    CHECK(on(false, {{"FORCE_COLOR", "1"}}));
    CHECK_FALSE(on(true, {{"FORCE_COLOR", "0"}}));
    CHECK(on(true, {{"TERM", "dumb"}, {"CLICOLOR_FORCE", "1"}}));
}

TEST_CASE("terminals that break their lines anew are known by what they set") {
    CHECK(breaks_lines_anew(variables({{"TMUX", "/tmp/x"}})));
    CHECK_FALSE(breaks_lines_anew(variables({{"TERM", "xterm"}})));
}
