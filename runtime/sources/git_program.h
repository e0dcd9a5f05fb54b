// The git program, run so that nothing of the user's or the host's settings and no prompt has a say: what it gives depends on the
// repository alone. Knows its environment and its ways to fail; does not know what is asked of it.
#pragma once

#include "plans/base/result.h"
#include "runtime/http/http_transport.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

struct GitOptions {
    std::vector<std::string> folders;  // where programs are looked for
    std::vector<std::string> proxies;  // "NAME=value" of the proxy variables
    std::string agent;                 // $SSH_AUTH_SOCK; empty: none
    std::string known_hosts;           // the user's file; hosts that it names must have these keys
    std::string ca_bundle;             // $SSL_CERT_FILE; empty: the system's
    StopSignal stop;
    bool on_disk = false;  // only what is on the disk is looked at: nothing is fetched, whatever a repository's settings say
};

enum class GitAttempts { One, Network };  // Network: what may pass, as a 503 or a broken connection, is tried again

class GitProgram {
public:
    // `room`: a folder of its own for settings and what ssh learns; made here.
    static Result<GitProgram> open(GitOptions options, const std::string& room);

    // Works in `folder`; what git writes to stdout. A Registry error with git's own words, `doing` before them, if it fails.
    // `watch`, which may be empty, is called about ten times a second meanwhile.
    Result<std::string> run(const std::string& folder, std::vector<std::string> words, const std::string& doing,
                            GitAttempts attempts = GitAttempts::One, const std::function<void()>& watch = {}) const;

private:
    GitProgram(GitOptions options, std::string room, std::string program)
        : options_(std::move(options)), room_(std::move(room)), program_(std::move(program)) {}
    std::vector<std::string> environment() const;

    GitOptions options_;
    std::string room_;
    std::string program_;
};

}  // namespace mabplan::runtime
