#include "runtime/grants/key_agent.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/pipe.h"
#include "runtime/sys/program.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/temporary.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace mabplan::runtime {

namespace {

const std::vector<std::string> kFolders{"/usr/local/bin", "/usr/bin", "/bin"};
constexpr const char* kSocketName = "agent";  // relative to its folder: the path of a socket may have 108 bytes

Failure source_error(const AgentSource& source, const std::string& what, std::string hint = {}) {
    return fail(ErrorKind::Input, format("the ssh agent {}: {}", quoted(source.id), what), std::move(hint));
}

Result<std::string> find_ssh_program(const std::string& name) {
    std::string path = find_program(name, kFolders);
    if (path.empty())
        return fail(ErrorKind::Environment, format("key files for --ssh are served by the program {}, which is not installed", name),
                    "Debian: package openssh-client");
    return path;
}

// In the child, where only async-signal-safe calls are allowed. Debian's ssh-agent is setgid: without new privileges it is not, and so
// keeps the signal that ends it with its parent.
[[noreturn]] void exec_agent(const char* program, const char* folder, pid_t parent, int report) {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const bool ready = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && ::getppid() == parent &&
                       ::setpgid(0, 0) == 0 && ::chdir(folder) == 0;
    const int nothing = ::open("/dev/null", O_RDWR);
    if (ready && nothing >= 0 && ::dup2(nothing, 0) == 0 && ::dup2(report, 1) == 1 && ::dup2(nothing, 2) == 2) {
        ::close_range(3, ~0U, 0);
        ::execle(program, "ssh-agent", "-D", "-a", kSocketName, static_cast<char*>(nullptr), static_cast<char**>(nullptr));
    }
    ::_exit(127);
}

void end_agent(pid_t agent) {
    ::kill(agent, SIGTERM);
    while (::waitpid(agent, nullptr, 0) < 0 && errno == EINTR) {
    }
}

// When it listens, it prints where.
Status await_listening(const Fd& report, const std::string& program, const Stop* stop) {
    std::array<pollfd, 2> events{{{report.get(), POLLIN, 0}, {stop != nullptr ? stop->fd() : -1, POLLIN, 0}}};
    while (::poll(events.data(), events.size(), -1) < 0 && errno == EINTR) {
    }
    MABPLAN_CHECK(go_on(stop));
    char first = 0;
    if (::read(report.get(), &first, 1) != 1) return fail(ErrorKind::Environment, format("{} does not start", program));
    return {};
}

// Through stdin, as the modes of the file are its owner's affair, and asking nobody for a passphrase.
Status add_key(ProgramCall call, const AgentSource& source, const std::string& file, const Stop* stop) {
    call.input = file;
    MABPLAN_TRY(end, run_program(call, [stop] { return stop != nullptr && stop->is_stopped(); }));
    if (end.code == 0) return {};
    const std::string_view why = trim(end.errors);
    if (!why.empty()) return source_error(source, format("{} is not a private key: {}", quoted(file), why));
    return source_error(source, format("the key {} needs a passphrase", quoted(file)),
                        "put the key into an agent: eval $(ssh-agent) && ssh-add KEY, and give --ssh default");
}

Result<bool> is_socket(const AgentSource& source, const std::string& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) return source_error(source, format("there is no socket or key file {}", quoted(path)));
    if (!S_ISSOCK(facts.st_mode) && !S_ISREG(facts.st_mode))
        return source_error(source, format("{} is neither a socket nor a key file", quoted(path)));
    if (S_ISSOCK(facts.st_mode) && source.paths.size() > 1)
        return source_error(source, format("{} is a socket: nothing can be given beside it", quoted(path)));
    return S_ISSOCK(facts.st_mode);
}

}  // namespace

Result<KeyAgent> KeyAgent::start(const std::string& folder, const AgentSource& source, const Stop* stop) {
    MABPLAN_TRY(agent_program, find_ssh_program("ssh-agent"));
    MABPLAN_TRY(add_program, find_ssh_program("ssh-add"));
    MABPLAN_TRY(report, make_pipe());
    const pid_t self = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) return system_error(errno, "start", agent_program);
    if (child == 0) exec_agent(agent_program.c_str(), folder.c_str(), self, report.write.get());
    KeyAgent agent(folder, child);
    report.write.reset();
    MABPLAN_CHECK(await_listening(report.read, agent_program, stop));
    const ProgramCall add{{add_program, "-q", "-"}, {"SSH_AUTH_SOCK=agent", "SSH_ASKPASS=/bin/false", "SSH_ASKPASS_REQUIRE=force"}, folder};
    for (const std::string& file : source.paths) MABPLAN_CHECK(add_key(add, source, file, stop));
    return agent;
}

KeyAgent::~KeyAgent() {
    if (agent_ < 0) return;
    end_agent(agent_);
    static_cast<void>(remove_tree(folder_));
}

std::string KeyAgent::socket() const { return format("{}/{}", folder_, kSocketName); }

Result<std::string> KeyAgents::socket_of(const AgentSource& source) {
    if (source.paths.empty() && usual_socket_.empty())
        return source_error(source, "there is none, SSH_AUTH_SOCK is not set", "start one: eval $(ssh-agent) && ssh-add");
    if (source.paths.empty()) return usual_socket_;
    bool socket = false;
    for (const std::string& path : source.paths) {
        MABPLAN_TRY(found, is_socket(source, path));
        socket = found;
    }
    if (socket) return source.paths.front();
    const auto agents = agents_.lock();
    auto known = agents->find(source.id);
    if (known == agents->end()) {
        MABPLAN_TRY(folder, make_fresh_folder(scratch_, "keys"));
        MABPLAN_TRY(agent, KeyAgent::start(folder, source, stop_));
        known = agents->emplace(source.id, std::move(agent)).first;
    }
    return known->second.socket();
}

}  // namespace mabplan::runtime
