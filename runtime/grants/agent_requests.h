// What a step asks of an ssh agent, made harmless: it may list keys and sign with them, and change nothing. Knows the frames of the
// protocol (draft-ietf-sshm-ssh-agent, sections 3 and 5); does not know sockets.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace mabplan::runtime {

class AgentRequests {
public:
    // The bytes that came, in pieces of any size, as the agent may have them. What is forbidden becomes a request of no meaning, which the
    // agent answers with a failure: answers keep their order. An Input error for what is no request.
    Result<std::string> pass(std::string_view bytes);

private:
    std::string head_;        // of the next request, until its length and type are known
    std::uint64_t left_ = 0;  // bytes of the request that has begun
    bool allowed_ = false;
};

}  // namespace mabplan::runtime
