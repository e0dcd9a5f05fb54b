#include "tools/mabplan/remarks.h"

#include "tools/mabplan/console.h"
#include "tools/mabplan/event_json.h"
#include "tools/mabplan/process.h"
#include "tools/terminal/standard_error.h"

#include <string>

namespace mabplan::tools {

Remarks::Remarks(Progress asked) : form_(possible_progress(asked, StandardError::of_process().is_terminal(), process_variables())) {}

void Remarks::warn(std::string_view text) {
    if (form_ != Progress::RawJson) return print_warning(text);
    static const Plan no_plan;
    StandardError::of_process().print((began_ ? std::string() : EventJson::first_line()) +
                                      EventJson(no_plan).lines({0, runtime::Warned{std::string(text)}}));
    began_ = true;
}

void Remarks::note(std::string_view text) {
    if (form_ != Progress::RawJson && form_ != Progress::Quiet) print_note(text);
}

}  // namespace mabplan::tools
