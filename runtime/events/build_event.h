// What happens while a plan runs, as plain data that owns its bytes: for terminals, logs and reports. An action is named by its place in
// the plan that the observer was made with. Does not know who shows it, nor any clock: times are given by whoever passes events on.
#pragma once

#include "plans/base/error.h"
#include "plans/model/action.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mabplan::runtime {

enum class HowDone {
    CachedDefinition,  // the same definition was done before
    CachedContent,     // the definition is new, what it reads is not: early cutoff
    Native,
    Emulated,
};

// What is to be done is known. Warnings, and transfers of what the plan does not pin, may come before it. It comes again, and counts
// start anew, where what was found damaged in the store is made again.
struct RunBegan {
    std::size_t wanted = 0;  // actions: the cached and those to execute; not the others of the plan
    std::size_t cached = 0;  // their Finished follow at once
    std::size_t to_execute = 0;
    std::vector<Platform> platforms;  // of the images, each once, in the order of the plan
};

struct Started {
    ActionId id;
    bool emulated = false;  // if it comes to running a command, and nothing is found by content
};

// Output of a command, cut anywhere; secrets are masked.
struct Said {
    ActionId id;
    std::string bytes;
};

// So many bytes of an action's output were to come here and do not: whoever shows them was too slow for too long.
struct Unsaid {
    ActionId id;
    std::uint64_t bytes = 0;
};

// Something that the user should know of an action while it is being done; goes on from its name.
struct Noted {
    ActionId id;
    std::string text;
};

// Worth knowing only for who asks for more; goes on from the action's name.
struct Detail {
    ActionId id;
    std::string text;
};

// `waited_seconds` for others, before it began; they are not in `seconds`. All zero for what was cached by definition, but for the layer.
struct Finished {
    ActionId id;
    HowDone how = HowDone::Native;
    Digest key{};  // of the definition, with what its sources gave
    double seconds = 0;
    double waited_seconds = 0;
    Digest diff_id{};  // of the layer
    std::uint64_t layer_bytes = 0;
};

struct Failed {
    ActionId id;
    Error error;           // of the kind Interrupted: it did not fail, the user ended the run or another action failed; it says which
    double seconds = 0;    // since it was started
    bool required = true;  // false: only platforms that may fail need it
};

enum class TransferState { Going, Done, Failed };

// How far bytes from elsewhere are: layers of bases, files behind URLs, repositories. The first of a transfer has 0 bytes, the last is
// not Going; between them ten a second at most.
struct Transfer {
    std::uint64_t number = 0;  // the same in all events of one transfer, and in no other
    std::string what;          // "python:3.12 0123456789ab" (image and layer), an address
    std::uint64_t done = 0;    // bytes
    std::optional<std::uint64_t> total;
    TransferState state = TransferState::Going;
};

// An output that is not there as it should be is being written.
struct Exporting {
    std::string target;
    std::string destination;  // as in the plan
};

// An output is there; one that was up to date was never Exporting.
struct Exported {
    std::string target;
    std::string destination;
    std::optional<Digest> index;  // of the images in it; nothing: it holds files
};

struct Warned {
    std::string text;
    std::string hint{};  // what to do about it; empty if nothing is known
};

enum class RunEnd { Succeeded, OnlyOptionalFailed, Failed, Interrupted };

// The last event of every run.
struct RunEnded {
    RunEnd how = RunEnd::Succeeded;
    std::size_t cached = 0;    // also by content
    std::size_t executed = 0;  // to the end
    std::size_t emulated = 0;  // of those executed
    std::size_t failed = 0;
    std::size_t skipped = 0;  // wanted and not done: never started, or stopped since another failed
    double seconds = 0;
    std::optional<Error> error = {};  // what ended it, if it was none of the actions that failed
};

using Happening =
    std::variant<RunBegan, Started, Said, Unsaid, Noted, Detail, Finished, Failed, Transfer, Exporting, Exported, Warned, RunEnded>;

struct BuildEvent {
    double at = 0;  // seconds since the run's begin; never less than that of the event before
    Happening what;
};

}  // namespace mabplan::runtime
