// Runs one command on a stack of layers, in namespaces of its own. Knows nothing of plans, stores and caches: the caller says
// which folders are the layers, and finds in the upper folder what the command did and nothing else.
//
// Seccomp: see seccomp_filter.h. Capabilities: Docker's 14. no_new_privs is off, so that sudo and su work in a step as they do
// under docker build; the user namespace bounds what they can reach.
#pragma once

#include "plans/base/result.h"
#include "runtime/sandbox/step_mount.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mabplan::runtime {

enum class SandboxNetwork {
    Host,   // the host's interfaces
    None,   // an own namespace with the loopback interface only
    Given,  // a namespace that the caller has made and connected
};

enum class Stdio {
    Captured,         // stdin is /dev/null, stdout and stderr go to the OutputSink
    InheritedOutput,  // stdin is /dev/null, stdout and stderr are those of this process; a terminal among them is not the step's
    Inherited,        // all three are those of this process
    Terminal,         // a terminal of the step's own: what is said there goes to the OutputSink, as stream 1
};

// Where what is typed comes from, and what size a step's terminal has.
struct TerminalEnds {
    int input = -1;    // -1: nothing is typed
    int size_of = -1;  // the terminal that it is shown on; -1: it has no size
    int resized = -1;  // an eventfd that becomes readable when that has another size; it is read here
};

enum class Root {
    Overlay,   // writes go to scratch_dir/upper
    ReadOnly,  // nothing can be written but in /dev, /proc and what is mounted; needs a layer
};

// What kind of programs the image has, where the CPU runs more than one.
enum class Abi {
    Native,
    I386,  // the image's programs are i386 run natively: uname says i686
};

enum class Privilege {
    Confined,    // Docker's capabilities, the filter of system calls, parts of /proc and /sys hidden
    Privileged,  // all capabilities over the user namespace, no filter, nothing hidden
};

struct ResourceLimit {
    int resource = 0;  // RLIMIT_* of <sys/resource.h>
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
};

struct HostAddress {
    std::string name;
    std::string address;
};

struct SandboxSpec {
    Root root = Root::Overlay;
    std::vector<std::string> lower_dirs;  // absolute, the lowest layer first; whiteouts in overlay form (userxattr); at most 499
    // An existing, empty folder on a file system that can hold an upper layer. It is this step's own: upper/, work/ and room/ are made in
    // it, and stubs/ if stubs_dir is empty; the caller removes it (remove_tree).
    std::string scratch_dir;
    // A folder made by make_stub_layer on the same file system, that steps may share: saves each of them eight files.
    std::string stubs_dir;

    std::vector<std::string> argv;  // argv[0] is looked up in the PATH of `env` (Docker's default PATH if it has none)
    std::vector<std::string> env;   // "K=V"; nothing is added
    std::string cwd = "/";          // made (0755 root) if it is missing
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> groups;  // supplementary

    SandboxNetwork network = SandboxNetwork::Host;
    int network_namespace = -1;                // a descriptor of it, for SandboxNetwork::Given; owned by this user namespace
    std::string hostname = "buildkitsandbox";  // what steps find everywhere else
    std::vector<HostAddress> extra_hosts;
    std::string resolv_conf;        // the text of /etc/resolv.conf
    std::vector<StepMount> mounts;  // in this order: one that lies inside another comes after it
    Privilege privilege = Privilege::Confined;
    Abi abi = Abi::Native;
    Stdio stdio = Stdio::Captured;
    TerminalEnds terminal;  // for Stdio::Terminal

    std::vector<ResourceLimit> limits;  // beside or instead of the defaults (NOFILE 1024:524288, STACK 8 MiB:unlimited, CORE 0:unlimited,
                                        // as far as this host allows)
    std::optional<std::chrono::milliseconds> time_limit;
    std::chrono::milliseconds stop_grace{0};  // between a signal to the command and the end of all, after a stop; 0: at once
    std::function<int()> stop_signal;         // which one: SIGTERM, SIGINT or SIGHUP; none, or another one: SIGTERM
    int stop_fd = -1;                         // when it becomes readable (an eventfd, never read here) the step is ended
};

// A command that signal N has ended counts as one that ended with 128 + N, as shells report it.
inline constexpr int kSignalBase = 128;

struct SandboxOutcome {
    enum How {
        Exited,     // code: 0..255. 126 and 127 also stand for a command that could not be executed, as in a shell; stderr says why
        Signalled,  // code: the signal's number
        TimedOut,
        Stopped,
    };
    How how = Exited;
    int code = 0;
    std::optional<int> own_code;    // of Stopped: with which the command ended by itself within the grace, 128 + N by signal N
    std::string upper_dir;          // scratch_dir/upper: what the command changed; not synced to the disk. Empty for Root::ReadOnly
    bool shares_host_proc = false;  // this host does not let a fresh /proc be mounted (masked paths): the step saw mabplan's
};

class OutputSink {
public:
    virtual ~OutputSink() = default;
    // stream: 1 or 2. Called by the thread that called run_sandboxed, in the order of arrival per stream.
    virtual void output(int stream, std::string_view bytes) = 0;
    // Nobody takes it any more: the step is ended.
    virtual bool is_gone() const { return false; }
};

// Makes the folder (its parent exists) that is the lowest layer of every step: places to mount /proc, /sys, /dev, /etc/hosts and
// /etc/resolv.conf on, for images that lack them. Fine if it is there already, or is being made by another process.
Status make_stub_layer(const std::string& folder);

// After enter_user_namespace(). May be called by several threads at once; the calling thread waits until every process of the step
// is gone, whatever the command left behind. A command that fails is an outcome; an error means that the sandbox could not be set up
// (Environment), that the image does not allow it (Step: /proc, /sys or /dev is no folder), or that ids are not mapped (Environment).
Result<SandboxOutcome> run_sandboxed(const SandboxSpec& spec, OutputSink& sink);

}  // namespace mabplan::runtime
