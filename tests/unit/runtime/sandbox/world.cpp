#include "tests/unit/runtime/sandbox/world.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/id_advice.h"

#include <elf.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace mabplan::runtime::tests {

namespace {

constexpr std::array kApplets{"awk",  "cat",   "chmod", "chown", "df",     "echo",     "grep",   "head",  "hostname", "id", "ln",
                              "ls",   "mkdir", "mount", "ping",  "printf", "readlink", "rm",     "sed",   "setsid",   "sh", "sleep",
                              "stat", "tail",  "test",  "touch", "tr",     "true",     "umount", "uname", "wc"};

const std::string& busybox_path() {
    static const std::string path = [] {
        const char* named = std::getenv("MABPLAN_TEST_BUSYBOX");
        return std::string(named != nullptr ? named : "/bin/busybox");
    }();
    return path;
}

// A program without an interpreter of its own: it has no PT_INTERP, so its file does not name ld-linux.
bool is_static_program(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string head(4096, '\0');
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    return file.gcount() > EI_NIDENT && head.compare(0, SELFMAG, ELFMAG) == 0 && head.find("/ld-") == std::string::npos;
}

std::string first_user_with_range() {
    const std::string ranges = read_file("/etc/subuid").value_or("");
    for (const std::string_view line : split(ranges, '\n')) {
        const std::string name(split(line, ':').front());
        if (!name.empty() && ::getpwnam(name.c_str()) != nullptr && name != "root") return name;
    }
    return {};
}

const passwd* find_user(As who) {
    const std::string name = who == As::User ? first_user_with_range() : "daemon";
    return name.empty() ? nullptr : ::getpwnam(name.c_str());
}

void become(As who) {
    if (who == As::Root || ::getuid() != 0) return;
    const passwd* user = find_user(who);
    if (user == nullptr || ::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0) ::_exit(99);
    ::prctl(PR_SET_DUMPABLE, 1);  // as a process that user had started: newuidmap looks whose /proc/PID is
}

std::string read_all(int fd) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t count = 0; (count = ::read(fd, buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    return text;
}

std::string in_child(const std::function<std::string()>& scenario) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        std::string said;
        try {
            said = scenario();
        } catch (const std::exception& fault) {  // it must not reach the test runner, of which this is a copy
            said = format("exception: {}", fault.what());
        }
        const bool written = write_all(ends[1], said, "the pipe to the test").has_value();
        ::_exit(written ? 0 : 98);
    }
    ::close(ends[1]);
    std::string said = read_all(ends[0]);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) said += format("[the child process ended with wait status {}]", status);
    return said;
}

std::string make_temporary_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mabplan-sandbox-XXXXXX").string();
    return ::mkdtemp(pattern.data()) == nullptr ? std::string() : pattern;
}

char letter_of(const std::filesystem::file_status& status) {
    switch (status.type()) {
        case std::filesystem::file_type::directory: return 'd';
        case std::filesystem::file_type::symlink: return 'l';
        case std::filesystem::file_type::character: return 'c';
        default: return '-';
    }
}

void add_stream(std::string& text, std::string_view name, const std::string& said) {
    if (!said.empty()) text += format("{}: {}{}", name, said, said.back() == '\n' ? "" : "\n");
}

}  // namespace

std::string name_of(As who) { return who == As::Root ? "root" : who == As::User ? "an unprivileged user" : "a user without ranges"; }

std::string free_ranges(const std::string& user) {
    const auto range = [](const char* file) {
        const std::uint64_t first = first_free_id(read_file(file).value_or(""), 65536);
        return format("{}-{}", first, first + 65535);
    };
    return format("`sudo usermod --add-subuids {} --add-subgids {} {}`", range("/etc/subuid"), range("/etc/subgid"), user);
}

World::World(std::string folder, NamespaceIds ids) : folder_(std::move(folder)), ids_(std::move(ids)) {
    if (!has_busybox()) return;
    base_ = make_layer();
    std::filesystem::create_directories(base_ + "/bin");
    std::filesystem::create_directories(base_ + "/etc");
    std::filesystem::copy_file(busybox_path(), base_ + "/bin/busybox");
    for (const std::string_view applet : kApplets) std::filesystem::create_symlink("busybox", format("{}/bin/{}", base_, applet));
    std::ofstream(base_ + "/etc/passwd") << "root:x:0:0:root:/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n";
    std::ofstream(base_ + "/etc/group") << "root:x:0:\nuser:x:1000:\n";
}

std::string World::make_layer() {
    std::string layer = format("{}/layer{}", folder_, layers_++);
    std::filesystem::create_directories(layer);
    return layer;
}

SandboxSpec World::step() {
    SandboxSpec spec;
    spec.lower_dirs = {base_};
    spec.scratch_dir = format("{}/step{}", folder_, steps_++);
    std::filesystem::create_directories(spec.scratch_dir);
    spec.env = {"PATH=/bin", "HOME=/"};
    spec.resolv_conf = "nameserver 192.0.2.1\n";
    return spec;
}

SandboxSpec World::shell(const std::string& script) {
    SandboxSpec spec = step();
    spec.argv = {"/bin/sh", "-c", script};
    return spec;
}

std::string tell_outcome(const SandboxOutcome& outcome) {
    switch (outcome.how) {
        case SandboxOutcome::Exited: return format("exited {}", outcome.code);
        case SandboxOutcome::Signalled: return format("signal {}", outcome.code);
        case SandboxOutcome::TimedOut: return "timed out";
        case SandboxOutcome::Stopped: return "stopped";
    }
    return "";
}

std::string World::tell(const SandboxSpec& spec) {
    Transcript transcript;
    const Result<SandboxOutcome> outcome = run_sandboxed(spec, transcript);
    if (!outcome) return format_error(outcome.error());
    std::string text;
    add_stream(text, "out", transcript.out);
    add_stream(text, "err", transcript.err);
    return text + tell_outcome(*outcome);
}

std::string World::listing(const std::string& folder) {
    std::vector<std::string> lines;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        lines.push_back(format("{} {}", letter_of(entry.symlink_status()), std::filesystem::relative(entry.path(), folder).string()));
    std::sort(lines.begin(), lines.end(), [](const std::string& a, const std::string& b) { return a.substr(2) < b.substr(2); });
    return format("{}", join(lines, "\n"));
}

std::vector<As> everyone(std::vector<As> wanted) {
#if defined(__SANITIZE_THREAD__)
    return {};  // the race detector starts a thread after the fork of each test: too late for a user namespace
#endif
    std::erase_if(wanted, [](As who) {
        if (::getuid() != 0) return who != As::User || first_user_with_range().empty();
        return who != As::Root && find_user(who) == nullptr;
    });
    return wanted;
}

std::string as_user(As who, const std::function<std::string()>& scenario) {
    return in_child([&] {
        become(who);
        return scenario();
    });
}

std::string in_world(As who, const Scenario& scenario) {
    return as_user(who, [&]() -> std::string {
        ::umask(0077);  // what a step makes must not depend on it
        const std::string folder = make_temporary_folder();
        const Result<NamespaceIds> ids = enter_user_namespace();
        if (!ids) return format_error(ids.error());
        std::string said;
        {
            ::umask(0022);
            World world(folder, *ids);
            ::umask(0077);
            said = scenario(world);
        }
        const Status removed = remove_tree(folder);
        return removed ? said : said + format_error(removed.error());
    });
}

bool has_busybox() { return is_static_program(busybox_path()); }

}  // namespace mabplan::runtime::tests
