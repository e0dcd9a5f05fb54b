#include "runtime/sandbox/try_program.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/pipe.h"
#include "runtime/sys/program.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace mabplan::runtime {

namespace {

int wait_for(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// In the child, where only async-signal-safe calls are allowed: other threads may have held any lock at the fork.
[[noreturn]] void exec_trial(int program, int report) {
    std::array<char, 2> name{"x"};
    std::array<char*, kTrialArguments + 2> argv{};
    argv.fill(name.data());
    argv.back() = nullptr;
    std::array<char*, 1> env{nullptr};
    ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);  // what an emulator says that can't run it is nobody's concern
    ::fcntl(program, F_SETFD, 0);  // an emulator gets the program by this descriptor: it must survive the exec
    // ETXTBSY: a process that another thread forked meanwhile still holds the descriptor the file was written through
    constexpr int kAttempts = 1000;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        ::fexecve(program, argv.data(), env.data());
        if (errno != ETXTBSY) break;
        ::usleep(1000);
    }
    const int error = errno;
    const ssize_t ignored = ::write(report, &error, sizeof error);
    ::_exit(ignored == sizeof error ? 127 : 126);
}

Result<Fd> executable_from_memory(std::string_view program) {
    const Fd writable(::memfd_create("mabplan-trial", MFD_CLOEXEC));
    if (!writable.valid()) return system_error(errno, "make", "a file in memory");
    if (::fchmod(writable.get(), 0755) != 0) return system_error(errno, "make executable", "a file in memory");
    MABPLAN_CHECK(write_all(writable.get(), program, "a file in memory"));
    return open_file(format("/proc/self/fd/{}", writable.get()), O_RDONLY);
}

}  // namespace

Result<TrialOutcome> try_program(std::string_view program) {
    MABPLAN_TRY(executable, executable_from_memory(program));
    MABPLAN_TRY(report, make_pipe());
    const pid_t child = ::fork();
    if (child < 0) return system_error(errno, "start", "a trial program");
    if (child == 0) exec_trial(executable.get(), report.write.get());
    report.write.reset();
    TrialOutcome outcome;
    int error = 0;
    if (::read(report.read.get(), &error, sizeof error) == sizeof error) outcome.exec_error = error;
    const int code = wait_for(child);
    if (outcome.exec_error == 0) outcome.exit_code = code;
    return outcome;
}

Result<std::string> read_program_output(const std::vector<std::string>& words) {
    constexpr std::size_t kMaxOutput = 65536;
    MABPLAN_TRY(end, run_program({words, {}, "/"}, {}));
    if (end.code != 0) return fail(ErrorKind::Environment, format("{} ended with {}", quoted(words.front()), end.code));
    if (end.output.size() > kMaxOutput)
        return fail(ErrorKind::Environment, format("{} says more than {} bytes", quoted(words.front()), kMaxOutput));
    return std::move(end.output);
}

}  // namespace mabplan::runtime
