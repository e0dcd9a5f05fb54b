// A run of which only warnings are shown: they are no progress. Errors come when it has ended, as always.
#pragma once

#include "runtime/events/build_observer.h"
#include "tools/terminal/warnings.h"

#include <functional>
#include <string_view>
#include <utility>

namespace mabplan::tools {

class QuietView final : public runtime::BuildObserver {
public:
    explicit QuietView(std::function<void(std::string_view)> print) : print_(std::move(print)) {}
    void see(const runtime::BuildEvent& event) override {
        if (const auto* warned = std::get_if<runtime::Warned>(&event.what))
            for (const std::string& line : warnings_.lines_of(*warned)) print_(line + "\n");
    }

private:
    std::function<void(std::string_view)> print_;
    Warnings warnings_;
};

}  // namespace mabplan::tools
