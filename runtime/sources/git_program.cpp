#include "runtime/sources/git_program.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/program.h"
#include "runtime/sys/thread.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace mabplan::runtime {

namespace {

constexpr int kMostAttempts = 4;
constexpr std::chrono::milliseconds kFirstPause{500};

// All the settings there are. Protocols: those of addresses in Dockerfiles; local repositories only where a person names one, never
// as a submodule. No hook, filter or helper of the host, no conversion of line ends, no work behind our back. Reflogs hold the time,
// packs made by several threads differ from run to run.
constexpr std::string_view kSettings = R"([core]
	hooksPath = /dev/null
	attributesFile = /dev/null
	excludesFile = /dev/null
	autocrlf = false
	eol = lf
	symlinks = true
	fsmonitor = false
	logAllRefUpdates = false
[protocol]
	allow = never
[protocol "https"]
	allow = always
[protocol "http"]
	allow = always
[protocol "git"]
	allow = always
[protocol "ssh"]
	allow = always
[protocol "file"]
	allow = user
[http]
	lowSpeedLimit = 1
	lowSpeedTime = 60
[init]
	defaultBranch = master
[user]
	useConfigOnly = true
[advice]
	detachedHead = false
[gc]
	auto = 0
[maintenance]
	auto = false
[pack]
	threads = 1
	writeReverseIndex = false
[repack]
	writeBitmaps = false
)";

Failure missing_git() {
    return fail(ErrorKind::Environment, "the program git is not installed, which fetches repositories",
                "install the package git (Debian: sudo apt-get install git)");
}

bool may_pass(std::string_view errors) {
    constexpr std::array<std::string_view, 9> kPassing{"returned error: 5",    "returned error: 429",  "Connection reset",
                                                       "Connection timed out", "Operation timed out",  "early EOF",
                                                       "RPC failed",           "hung up unexpectedly", "transfer closed"};
    return std::any_of(kPassing.begin(), kPassing.end(),
                       [&](std::string_view words) { return errors.find(words) != std::string_view::npos; });
}

// "https://user:password@host/…" without what stands before the host.
std::string line_without_user(std::string line) {
    const std::size_t scheme = line.find("://");
    if (scheme == std::string::npos) return line;
    const std::size_t at = line.find_first_of("@/ '", scheme + 3);
    if (at != std::string::npos && line[at] == '@') line.erase(scheme + 3, at - scheme - 2);
    return line;
}

// What git said, without the passwords of addresses in it, safe on a terminal.
std::string shown_lines(std::string_view errors) {
    std::string out;
    for (const std::string_view line : split(errors, '\n')) {
        if (trim(line).empty()) continue;
        const std::string safe = quoted(line_without_user(std::string(trim(line))));
        out += safe.substr(1, safe.size() - 2) + "\n";
    }
    return out;
}

// Of a git that says what is wrong on its standard output, that.
std::string words_of(const ProgramEnd& end) {
    const std::string words = shown_lines(end.errors);
    return words.empty() ? shown_lines(end.output) : words;
}

std::string hint_for(std::string_view errors) {
    const auto says = [&](std::string_view words) { return errors.find(words) != std::string_view::npos; };
    if (says("Host key verification failed") || says("REMOTE HOST IDENTIFICATION HAS CHANGED"))
        return "the host has another key than ~/.ssh/known_hosts says: if that is meant, correct the file";
    if (says("Permission denied (publickey")) return "start an ssh agent that holds the key, and set SSH_AUTH_SOCK";
    if (says("terminal prompts disabled") || says("could not read Username"))
        return "the repository is not there, or not for anybody: mabplan asks for no password";
    if (says("cannot run ssh")) return "install the package openssh-client";
    if (says("SSL certificate problem") || says("server certificate verification failed"))
        return "if its authority is your own, set SSL_CERT_FILE";
    return {};
}

}  // namespace

Result<GitProgram> GitProgram::open(GitOptions options, const std::string& room) {
    std::string program = find_program("git", options.folders);
    if (program.empty()) return missing_git();
    MABPLAN_CHECK(make_directories(room + "/home", 0700));
    MABPLAN_CHECK(write_file(room + "/gitconfig", kSettings, 0600, Durability::Cached));
    return GitProgram(std::move(options), room, std::move(program));
}

// ssh looks for the user's files where the password file says the home is, whatever HOME says: every file is named. A host that the
// user's list has must have that key; of others any key is taken, once, as other builders do.
std::vector<std::string> GitProgram::environment() const {
    std::string path;
    for (const std::string& folder : options_.folders) path += (path.empty() ? "" : ":") + folder;
    std::string hosts = format("\\\"{}/known_hosts\\\"", room_);
    if (!options_.known_hosts.empty()) hosts += format(" \\\"{}\\\"", options_.known_hosts);
    std::vector<std::string> env{
        "PATH=" + path,
        "HOME=" + room_ + "/home",
        "LC_ALL=C",
        "GIT_CONFIG_NOSYSTEM=1",
        "GIT_ATTR_NOSYSTEM=1",
        "GIT_CONFIG_GLOBAL=" + room_ + "/gitconfig",
        "GIT_TERMINAL_PROMPT=0",
        "GIT_ASKPASS=false",
        "GIT_LFS_SKIP_SMUDGE=1",
        format("GIT_SSH_COMMAND=ssh -F /dev/null -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=20 "
               "-o StrictHostKeyChecking=accept-new -o GlobalKnownHostsFile=/etc/ssh/ssh_known_hosts -o UserKnownHostsFile=\"{}\"",
               hosts)};
    if (options_.on_disk) env.push_back("GIT_ALLOW_PROTOCOL=none");
    if (!options_.agent.empty()) env.push_back("SSH_AUTH_SOCK=" + options_.agent);
    if (!options_.ca_bundle.empty()) env.push_back("GIT_SSL_CAINFO=" + options_.ca_bundle);
    env.insert(env.end(), options_.proxies.begin(), options_.proxies.end());
    return env;
}

Result<std::string> GitProgram::run(const std::string& folder, std::vector<std::string> words, const std::string& doing,
                                    GitAttempts attempts, const std::function<void()>& watch) const {
    words.insert(words.begin(), program_);
    const ProgramCall call{std::move(words), environment(), folder};
    const auto stop = [&] {
        if (watch) watch();
        return options_.stop && options_.stop();
    };
    std::chrono::milliseconds wait = kFirstPause;
    for (int attempt = 1;; ++attempt, wait *= 2) {
        MABPLAN_TRY(end, run_program(call, stop));
        if (end.code == 0) return std::move(end.output);
        const bool again = attempts == GitAttempts::Network && attempt < kMostAttempts && may_pass(end.errors);
        if (!again) return fail(ErrorKind::Registry, format("{}: git ended with {}", doing, end.code), hint_for(end.errors), words_of(end));
        if (!sleep_unless(options_.stop, wait)) return fail(ErrorKind::Interrupted, "interrupted");
    }
}

}  // namespace mabplan::runtime
