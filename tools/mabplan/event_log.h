// The file of --events: each event as a line of JSON, written as it happens. Knows files and pipes; the form is event_json's.
#pragma once

#include "plans/base/result.h"
#include "runtime/events/build_observer.h"
#include "runtime/sys/fd.h"
#include "tools/mabplan/event_json.h"

#include <functional>
#include <memory>
#include <string>

namespace mabplan::tools {

// A log that can be written no longer (a full disk, a pipe that nobody reads any more) is told once, and ends; the run goes on. One that is
// read slowly is waited for, at the end of the run too.
class EventLog final : public runtime::BuildObserver {
public:
    enum class Begin {
        Schema,  // with the line that says it
        GoesOn,  // the schema was said before
    };
    using Complain = std::function<void(const std::string& warning)>;

    // "-" is standard output, /dev/fd/N the open descriptor itself; a file is made anew. An Input error if it can't be opened. The plan
    // must outlive it.
    static Result<std::unique_ptr<EventLog>> open(const std::string& path, const Plan& plan, Begin begin, Complain complain);

    // Goes on in an open file; `name` is for messages.
    static std::unique_ptr<EventLog> into(runtime::Fd file, std::string name, const Plan& plan, Complain complain);

    void see(const runtime::BuildEvent& event) override;

private:
    EventLog(runtime::Fd file, std::string name, const Plan& plan, Begin begin, Complain complain);
    void write(std::string_view lines);

    runtime::Fd file_;  // none: it ended
    std::string name_;  // for messages
    EventJson json_;
    Complain complain_;
};

}  // namespace mabplan::tools
