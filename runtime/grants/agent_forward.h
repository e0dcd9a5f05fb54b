// A socket of a step's own that leads to the user's ssh agent. The agent sees mabplan, and so the user, at the other end: it would refuse
// the users of a step. They may list keys and sign, and change nothing in it. One thread, which ends with this.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/fd.h"
#include "runtime/sys/thread.h"

#include <sys/types.h>

#include <memory>
#include <string>

namespace mabplan::runtime {

struct SocketOwner {
    mode_t mode = 0600;
    uid_t uid = 0;
    gid_t gid = 0;
};

class AgentForward {
public:
    // Makes `folder`/`name`, which the step may connect to.
    static Result<std::unique_ptr<AgentForward>> start(const std::string& folder, const std::string& name, const SocketOwner& owner,
                                                       const std::string& agent_socket);
    AgentForward(const AgentForward&) = delete;
    AgentForward& operator=(const AgentForward&) = delete;
    ~AgentForward();

private:
    AgentForward(Fd listener, Fd stop, std::string agent)
        : listener_(std::move(listener)), stop_(std::move(stop)), agent_(std::move(agent)) {}
    Status serve();

    Fd listener_;
    Fd stop_;  // an eventfd
    std::string agent_;
    Thread thread_;
};

}  // namespace mabplan::runtime
