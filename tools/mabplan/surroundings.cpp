#include "tools/mabplan/surroundings.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/thread.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace mabplan::tools {

namespace {

// A signal handler can reach nothing but these.
std::atomic<bool> interrupted{false};
std::atomic<int> wake_fd{-1};

constexpr std::array<int, 3> kSignals{SIGINT, SIGTERM, SIGHUP};

void on_signal(int number) {
    if (interrupted.exchange(true)) {
        // asked twice: the default action, at once
        ::signal(number, SIG_DFL);
        ::raise(number);
        return;
    }
    const int kept = errno;
    const std::uint64_t one = 1;
    if (::write(wake_fd.load(), &one, sizeof one) < 0) errno = 0;
    errno = kept;
}

}  // namespace

std::optional<std::string> ProcessEnvironment::get(const std::string& name) const {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
}

Result<std::string> store_folder(const CommonOptions& options) {
    const ProcessEnvironment environment;
    const auto absolute = [](const std::string& path) {
        std::error_code ignored;
        return clean_path(std::filesystem::absolute(path, ignored).string());
    };
    if (!options.store.empty()) return absolute(options.store);
    if (const auto folder = environment.get("MABPLAN_CACHE_DIR"); folder && !folder->empty()) return absolute(*folder);
    if (const auto folder = environment.get("XDG_CACHE_HOME"); folder && folder->starts_with('/')) return *folder + "/mabplan";
    if (const auto home = environment.get("HOME"); home && home->starts_with('/')) return *home + "/.cache/mabplan";
    return fail(ErrorKind::Environment, "there is no place for the store: neither MABPLAN_CACHE_DIR, XDG_CACHE_HOME nor HOME is set",
                "set MABPLAN_CACHE_DIR, or pass --cache-dir");
}

Result<std::unique_ptr<runtime::Store>> open_store(const CommonOptions& options) {
    MABPLAN_TRY(folder, store_folder(options));
    return runtime::Store::open(folder);
}

std::vector<std::string> program_folders() {
    std::vector<std::string> folders;
    const std::string path = ProcessEnvironment().get("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
    for (const std::string_view folder : split(path, ':'))
        if (folder.starts_with('/')) folders.emplace_back(folder);
    return folders;
}

std::string resolv_conf() { return runtime::read_file("/etc/resolv.conf", 1U << 20U).value_or(std::string{}); }

int default_jobs() { return runtime::processor_count(); }

Status change_directory(const std::string& folder) {
    if (folder.empty() || ::chdir(folder.c_str()) == 0) return {};
    return runtime::system_error(errno, "work in the folder", folder, ErrorKind::Input);
}

Interrupts::Interrupts() {
    wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct sigaction action {};
    action.sa_handler = on_signal;
    ::sigemptyset(&action.sa_mask);
    for (const int number : kSignals) ::sigaction(number, &action, nullptr);
}

Interrupts::~Interrupts() {
    for (const int number : kSignals) ::signal(number, SIG_DFL);
    ::close(wake_fd.exchange(-1));
}

int Interrupts::fd() const { return wake_fd.load(); }
const std::atomic<bool>& Interrupts::flag() const { return interrupted; }

}  // namespace mabplan::tools
