// Warnings of a run as lines, each once.
#pragma once

#include "runtime/events/build_event.h"
#include "runtime/log/styled_text.h"

#include <set>
#include <string>
#include <vector>

namespace mabplan::tools {

class Warnings {
public:
    // None for what was said before.
    std::vector<std::string> lines_of(const runtime::Warned& warned) {
        std::vector<std::string> lines;
        add(warned.text, lines);
        if (!warned.hint.empty()) add("  hint: " + warned.hint, lines);
        return lines;
    }

private:
    void add(const std::string& text, std::vector<std::string>& lines) {
        if (said_.insert(text).second) lines.push_back("warning: " + runtime::as_one_line(text));
    }

    std::set<std::string> said_;
};

}  // namespace mabplan::tools
