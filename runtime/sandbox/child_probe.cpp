#include "runtime/sandbox/child_probe.h"

#include "plans/base/format.h"
#include "runtime/sys/file.h"
#include "runtime/sys/pipe.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace mabplan::runtime {

namespace {

// A finding on its way to the parent: "+" or "-", detail, zero byte, remedy.
std::string to_message(const Finding& finding) { return format("{}{}{}{}", finding.ok ? '+' : '-', finding.detail, '\0', finding.remedy); }

Finding to_finding(std::string_view message) {
    if (message.empty()) return {false, "the probe's process died", "report this as a fault of mabplan"};
    const std::size_t end = message.find('\0');
    const std::string_view remedy = end == std::string_view::npos ? std::string_view() : message.substr(end + 1);
    return {message.front() == '+', std::string(message.substr(1, end - 1)), std::string(remedy)};
}

}  // namespace

Finding find_in_child(const std::function<Finding()>& probe) {
    auto pipe = make_pipe();
    if (!pipe) return {false, "cannot make a pipe", "raise the limit of open files (`ulimit -n`)"};
    const pid_t child = ::fork();
    if (child < 0) return {false, "cannot start a process", "raise the limit of processes (`ulimit -u`)"};
    if (child == 0) {
        const Status written = write_all(pipe->write.get(), to_message(probe()), "the pipe to the parent");
        ::_exit(written ? 0 : 1);
    }
    pipe->write.reset();
    Finding finding = to_finding(read_to_end(pipe->read.get()));
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    return finding;
}

}  // namespace mabplan::runtime
