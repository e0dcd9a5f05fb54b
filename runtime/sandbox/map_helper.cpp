#include "runtime/sandbox/map_helper.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/pipe.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace mabplan::runtime {

namespace {

enum class Done { AsOrdered, OneId };

// Behind what the setuid programs said.
struct Answer {
    int error = 0;  // errno of a system call that failed; 0: the maps are written
    Done done = Done::AsOrdered;
};

std::vector<std::string> program_arguments(const std::string& program, pid_t target, const std::vector<IdRange>& ranges) {
    std::vector<std::string> words{program, format("{}", target)};
    for (const IdRange& range : ranges)
        for (const std::uint64_t number : {range.inside, range.outside, range.count}) words.push_back(format("{}", number));
    return words;
}

// The helper was forked from a single-threaded process: it may allocate, fork and exec as it likes.
int run_program(const std::vector<std::string>& words, int message_fd) {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(message_fd, 2);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    if (child < 0) return -1;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int write_map(pid_t target, const char* name, const std::string& text) {
    const std::string path = format("/proc/{}/{}", target, name);
    const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.valid()) return errno;
    return ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : errno;
}

int write_maps(pid_t target, const MapOrder& order) {
    if (order.set_groups == SetGroups::Deny)
        if (const int error = write_map(target, "setgroups", "deny"); error != 0 && error != ENOENT) return error;
    if (const int error = write_map(target, "uid_map", format_id_map(order.uids)); error != 0) return error;
    return write_map(target, "gid_map", format_id_map(order.gids));
}

enum class UidMap { Unwritten, Written };  // a map is written once and for all

int map_one_id(pid_t target, const MapOrder& order, UidMap uid_map) {
    if (const int error = write_map(target, "setgroups", "deny"); error != 0 && error != ENOENT) return error;
    if (uid_map == UidMap::Unwritten)
        if (const int error = write_map(target, "uid_map", format_id_map({order.uids.front()})); error != 0) return error;
    return write_map(target, "gid_map", format_id_map({order.gids.front()}));
}

Answer do_order(pid_t target, const MapOrder& order, int message_fd) {
    if (order.writer == MapWriter::Kernel) return {write_maps(target, order), Done::AsOrdered};
    if (run_program(program_arguments(order.newuidmap, target, order.uids), message_fd) != 0)
        return {map_one_id(target, order, UidMap::Unwritten), Done::OneId};
    if (run_program(program_arguments(order.newgidmap, target, order.gids), message_fd) != 0)
        return {map_one_id(target, order, UidMap::Written), Done::OneId};
    return {};
}

[[noreturn]] void be_helper(pid_t target, const MapOrder& order, int go_fd, int answer_fd) {
    char byte = 0;
    if (::read(go_fd, &byte, 1) != 1) ::_exit(0);  // the parent gave up
    // The words of the setuid programs go into the pipe first and the answer last: a pipe holds far more than they say.
    const Answer answer = do_order(target, order, answer_fd);
    const ssize_t written = ::write(answer_fd, &answer, sizeof answer);
    ::_exit(written == sizeof answer ? 0 : 1);
}

}  // namespace

Result<MapHelper> MapHelper::start(const MapOrder& order) {
    MABPLAN_TRY(go, make_pipe());
    MABPLAN_TRY(answer, make_pipe());
    const pid_t target = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) return system_error(errno, "start", "a helper process");
    if (child == 0) {
        go.write.reset();
        be_helper(target, order, go.read.get(), answer.write.get());
    }
    return MapHelper(child, std::move(go.write), std::move(answer.read));
}

Result<std::string> MapHelper::map_caller(const NamespaceFacts& facts) {
    MABPLAN_CHECK(write_all(go_.get(), "+", "the pipe to the helper"));
    std::string text = read_to_end(answer_.get());
    reap();
    Answer answer;
    if (text.size() < sizeof answer) return fail(ErrorKind::Environment, "the helper that writes the id maps ended without an answer");
    text.copy(reinterpret_cast<char*>(&answer), sizeof answer, text.size() - sizeof answer);
    if (answer.error != 0) return explain_namespace_refusal(NamespaceStep::MapIds, answer.error, facts);
    if (answer.done == Done::AsOrdered) return std::string();
    const std::string_view said = trim(std::string_view(text).substr(0, text.size() - sizeof answer));
    return said.empty() ? std::string("newuidmap or newgidmap failed and said nothing") : format("{}", join(split(said, '\n'), "; "));
}

MapHelper::MapHelper(MapHelper&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), go_(std::move(other.go_)), answer_(std::move(other.answer_)) {}

MapHelper::~MapHelper() {
    go_.reset();  // the helper sees the end of the pipe and goes
    reap();
}

void MapHelper::reap() {
    if (pid_ < 0) return;
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
}

}  // namespace mabplan::runtime
