// In which form a run is shown, and whether in colours: from what the user asked for and what standard error is. Pure.
#pragma once

#include "plans/base/result.h"
#include "runtime/log/text_style.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::tools {

enum class Progress { Auto, Tty, Plain, Quiet, RawJson };

// The value of a variable of the environment; nothing if it is not set.
using Variables = std::function<std::optional<std::string>(const std::string&)>;

const std::vector<std::string>& progress_words();  // what `--progress` takes
std::optional<Progress> parse_progress(const std::string& word);

// What was asked for: by the flag, else $MABPLAN_PROGRESS, else $BUILDKIT_PROGRESS, else Auto. An input error for a word that is none.
Result<Progress> asked_progress(const std::optional<Progress>& flag, const Variables& variables);

// What of it can be had: never Auto, and Tty only on a terminal that can move its cursor (TERM is set, and not to "dumb").
Progress possible_progress(Progress asked, bool is_terminal, const Variables& variables);

// NO_COLOR (no-color.org), then CLICOLOR_FORCE and FORCE_COLOR, then CLICOLOR=0 (bixense.com/clicolors); else on terminals that are not
// dumb.
runtime::Colours choose_colours(bool is_terminal, const Variables& variables);

// Whether the lines that stand on the screen break anew when it gets narrower: known of the terminals that say who they are.
bool breaks_lines_anew(const Variables& variables);

}  // namespace mabplan::tools
