// Answers of a registry that are no success, in words: status, the registry's own code and message, and what to do about it.
#pragma once

#include "runtime/http/http_transport.h"

#include <string>

namespace mabplan::runtime {

struct Asked {
    std::string host;    // who answered
    std::string domain;  // the registry in the reference: for hints about its settings
    std::string verb;    // "get", "push": what was to be done
    std::string what;    // "docker.io/library/python:3": with what
};

// Kind of error: Registry. The body may be the registry's JSON (distribution-spec, "Error Codes"), HTML or anything.
Error explain_status(const HttpResponse& response, const Asked& asked);
// Whether a server answered that what was asked for is not there.
bool is_not_found(const Error& error);

}  // namespace mabplan::runtime
