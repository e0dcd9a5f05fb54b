#include "tools/mabplan/console.h"

#include "plans/base/format.h"
#include "runtime/log/styled_text.h"
#include "tools/mabplan/process.h"
#include "tools/terminal/standard_error.h"

namespace mabplan::tools {

// The end of a log in it may have colours.
void print_error(const Error& error) {
    const std::string text = format_error(error);
    StandardError::of_process().print(colours_of_standard_error() == runtime::Colours::Yes ? text : runtime::without_styles(text));
}

void print_warning(std::string_view text) { StandardError::of_process().print(format("warning: {}\n", text)); }
void print_note(std::string_view text) { StandardError::of_process().print(format("note: {}\n", text)); }

runtime::Colours colours_of_standard_error() { return choose_colours(StandardError::of_process().is_terminal(), process_variables()); }

}  // namespace mabplan::tools
