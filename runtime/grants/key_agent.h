// Private key files for RUN --mount=type=ssh: the program ssh-agent serves them for as long as a build takes. The keys are read by
// ssh-add and held by the agent; they are in no memory, record or log of this process.
#pragma once

#include "plans/model/plan.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/stop.h"

#include <sys/types.h>

#include <map>
#include <string>

namespace mabplan::runtime {

// A running ssh-agent with a socket in a folder of its own. It ends with this, and with the thread that started it.
class KeyAgent {
public:
    // In `folder`, an empty one that goes with it. An Environment error if the program is lacking, an Input error for a file that is no
    // key or is encrypted; an Interrupted error when `stop`, if there is one, says so.
    static Result<KeyAgent> start(const std::string& folder, const AgentSource& source, const Stop* stop);
    KeyAgent(KeyAgent&& other) noexcept : folder_(std::move(other.folder_)), agent_(std::exchange(other.agent_, -1)) {}
    KeyAgent& operator=(KeyAgent&&) = delete;
    ~KeyAgent();

    std::string socket() const;

private:
    KeyAgent(std::string folder, pid_t agent) : folder_(std::move(folder)), agent_(agent) {}

    std::string folder_;
    pid_t agent_ = -1;
};

// The agents of one build, by id; each is started when it is first asked for.
class KeyAgents {
public:
    // `usual_socket`: of the agent that is meant where a source names none; empty if there is none.
    KeyAgents(std::string scratch, std::string usual_socket, const Stop* stop = nullptr)
        : scratch_(std::move(scratch)), usual_socket_(std::move(usual_socket)), stop_(stop) {}
    // The socket that a source leads to: the usual one, the one it names, or that of an agent that holds its key files.
    Result<std::string> socket_of(const AgentSource& source);
    void end() { agents_.lock()->clear(); }

private:
    std::string scratch_;
    std::string usual_socket_;
    const Stop* stop_;
    Guarded<std::map<std::string, KeyAgent>> agents_;
};

}  // namespace mabplan::runtime
