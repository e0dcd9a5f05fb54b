// What happens while a plan runs, for whoever shows it. Called from several threads, one call at a time per action.
#pragma once

#include "runtime/events/build_event.h"

#include <string_view>

namespace mabplan::runtime {

class RunObserver {
public:
    virtual ~RunObserver() = default;
    virtual void started(ActionId id) = 0;
    virtual void output(ActionId id, std::string_view bytes) = 0;
    // Something that the user should know of it while it is being done; goes on from its name.
    virtual void note(ActionId id, std::string_view text) = 0;
    virtual void finished(ActionId id, HowDone how, double seconds) = 0;
    virtual void failed(ActionId id, const Error& error) = 0;
    virtual void exporting(std::string_view what) = 0;
    // Worth knowing only for who asks for more.
    virtual void detail(ActionId id, std::string_view text) = 0;
    virtual void warning(std::string_view text) = 0;
};

}  // namespace mabplan::runtime
