// What is told of a project before its run, on standard error, in the form of progress that was asked for: lines, or events. Does not know
// what is told.
#pragma once

#include "tools/mabplan/command_line.h"

#include <string_view>

namespace mabplan::tools {

class Remarks {
public:
    explicit Remarks(Progress asked);

    void warn(std::string_view text);
    // What nobody has to do anything about: `quiet` and `rawjson` go without.
    void note(std::string_view text);
    // The events of standard error have begun (mabplan-events-1 says its schema first): the run's follow them.
    bool have_begun_events() const { return began_; }

private:
    Progress form_;
    bool began_ = false;
};

}  // namespace mabplan::tools
