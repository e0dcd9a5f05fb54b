#include "runtime/sys/program.h"

#include "runtime/sys/exec_words.h"
#include "runtime/sys/pipe.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>

namespace mabplan::runtime {

namespace {

constexpr int kStopCheckMilliseconds = 100;
constexpr std::size_t kMostKnown = 256;  // programs at a time that kill_programs finds

// The groups of those that run; 0: a free place. A handler of signals reads it.
std::array<std::atomic<pid_t>, kMostKnown> running{};

// While it lives its program is known.
class Running {
public:
    explicit Running(pid_t group) {
        for (std::atomic<pid_t>& place : running) {
            pid_t none = 0;
            if (!place.compare_exchange_strong(none, group)) continue;
            place_ = &place;
            return;
        }
    }
    ~Running() {
        if (place_ != nullptr) *place_ = 0;
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

private:
    std::atomic<pid_t>* place_ = nullptr;
};

class FileActions {
public:
    FileActions() { ::posix_spawn_file_actions_init(&actions_); }
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    posix_spawn_file_actions_t* get() { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

// A group of its own, so that what it starts can be killed with it; no signal blocked or ignored.
class Attributes {
public:
    Attributes() {
        ::posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

Result<pid_t> spawn(const ProgramCall& call, int output, int errors) {
    FileActions actions;
    ::posix_spawn_file_actions_addopen(actions.get(), 0, call.input.c_str(), O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(actions.get(), output, 1);
    ::posix_spawn_file_actions_adddup2(actions.get(), errors, 2);
    ::posix_spawn_file_actions_addchdir_np(actions.get(), call.folder.c_str());
    const Attributes attributes;
    const std::vector<char*> argv = exec_words(call.argv);
    const std::vector<char*> env = exec_words(call.env);
    pid_t child = -1;
    if (const int error = ::posix_spawn(&child, argv[0], actions.get(), attributes.get(), argv.data(), env.data()); error != 0)
        return system_error(error, "start", call.argv.front());
    return child;
}

// Reads what there is; false at the end.
bool take(const Fd& from, std::string& text, std::size_t most, bool keep_end) {
    std::array<char, 16384> buffer{};
    const ssize_t count = ::read(from.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) return true;
    if (count <= 0) return false;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > most) keep_end ? text.erase(0, text.size() - most) : text.erase(most);
    return true;
}

int wait_for(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Both pipes to their ends, or until it is to stop: then false.
bool listen(Fd& output, Fd& errors, ProgramEnd& end, const std::function<bool()>& stop) {
    while (output.valid() || errors.valid()) {
        std::array<pollfd, 2> waiting{pollfd{output.get(), POLLIN, 0}, pollfd{errors.get(), POLLIN, 0}};
        ::poll(waiting.data(), waiting.size(), kStopCheckMilliseconds);
        if (stop && stop()) return false;
        if (waiting[0].revents != 0 && !take(output, end.output, kMostProgramOutput, false)) output.reset();
        if (waiting[1].revents != 0 && !take(errors, end.errors, kMostProgramErrors, true)) errors.reset();
    }
    return true;
}

}  // namespace

Result<ProgramEnd> run_program(const ProgramCall& call, const std::function<bool()>& stop) {
    MABPLAN_TRY(output, make_pipe());
    MABPLAN_TRY(errors, make_pipe());
    MABPLAN_TRY(child, spawn(call, output.write.get(), errors.write.get()));
    output.write.reset();
    errors.write.reset();
    ProgramEnd end;
    bool finished = false;
    {
        const Running known(child);
        finished = listen(output.read, errors.read, end, stop);
        if (!finished) ::kill(-child, SIGKILL);
    }
    end.code = wait_for(child);
    if (!finished) return fail(ErrorKind::Interrupted, "interrupted");
    return end;
}

void kill_programs() noexcept {
    for (const std::atomic<pid_t>& group : running)
        if (const pid_t known = group; known > 0) ::kill(-known, SIGKILL);
}

std::string find_program(const std::string& name, const std::vector<std::string>& folders) {
    for (const std::string& folder : folders)
        if (std::string path = folder + "/" + name; ::access(path.c_str(), X_OK) == 0) return path;
    return {};
}

}  // namespace mabplan::runtime
