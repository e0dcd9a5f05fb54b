// A small world for one test: a child process in a user namespace, with a layer that holds a static busybox, a scratch folder for a step,
// and words for what came of it. Each scenario is tried as root and as an unprivileged user, as far as the test itself may become that.
#pragma once

#include "runtime/sandbox/sandbox.h"
#include "runtime/sandbox/user_namespace.h"

#include <functional>
#include <string>
#include <vector>

namespace mabplan::runtime::tests {

enum class As {
    Root,
    User,  // with ranges in /etc/subuid and /etc/subgid
    Lone,  // without: a single uid
};
std::string name_of(As who);
// The line that gives a user without ranges some that are nobody's on this host.
std::string free_ranges(const std::string& user);

// Collects what a step says.
class Transcript final : public OutputSink {
public:
    void output(int stream, std::string_view bytes) override { (stream == 1 ? out : err).append(bytes); }
    std::string out;
    std::string err;
};

class World {
public:
    World(std::string folder, NamespaceIds ids);
    const NamespaceIds& ids() const { return ids_; }

    // An empty layer's folder; a new one each time.
    std::string make_layer();
    // /bin/busybox with the usual applets, /etc/passwd and /etc/group. Empty if this host has no static busybox.
    const std::string& base() const { return base_; }

    // A step on the base layer with a fresh scratch folder: argv is to be set.
    SandboxSpec step();
    SandboxSpec shell(const std::string& script);

    // "out: …\nerr: …\nexited 3": what was said, without the empty streams, and how it ended; or the whole error.
    std::string tell(const SandboxSpec& spec);
    std::string tell_shell(const std::string& script) { return tell(shell(script)); }

    // Every path below a folder, sorted, with a letter for its type: "d etc", "- etc/x", "c gone".
    static std::string listing(const std::string& folder);

private:
    std::string folder_;
    NamespaceIds ids_;
    std::string base_;
    int layers_ = 0;
    int steps_ = 0;
};

using Scenario = std::function<std::string(World&)>;

// Those that this process can be, of the three.
std::vector<As> everyone(std::vector<As> wanted = {As::Root, As::User});
// What the scenario returned, in a child process of its own.
std::string in_world(As who, const Scenario& scenario);
// In a child process that is that user, without any namespace.
std::string as_user(As who, const std::function<std::string()>& scenario);
bool has_busybox();

std::string tell_outcome(const SandboxOutcome& outcome);

}  // namespace mabplan::runtime::tests
