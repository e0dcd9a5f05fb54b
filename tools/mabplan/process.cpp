#include "tools/mabplan/process.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/thread.h"
#include "tools/mabplan/console.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>

namespace mabplan::tools {

std::optional<std::string> ProcessEnvironment::get(const std::string& name) const {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
}

runtime::UserEnvironment user_environment(std::map<std::string, std::string> variables) {
    const ProcessEnvironment environment;
    return {std::move(variables), environment.get("HOME").value_or(""), environment.get("SSH_AUTH_SOCK").value_or("")};
}

Variables process_variables() {
    return [](const std::string& name) { return ProcessEnvironment().get(name); };
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
    MABPLAN_TRY(store, runtime::Store::open(folder));
    store->records().on_repair(print_warning);
    return store;
}

std::vector<std::string> whole_environment() {
    std::vector<std::string> variables;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) variables.emplace_back(*entry);
    return variables;
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

double steady_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

Status change_directory(const std::string& folder) {
    if (folder.empty() || ::chdir(folder.c_str()) == 0) return {};
    return runtime::system_error(errno, "work in the folder", folder, ErrorKind::Input);
}

}  // namespace mabplan::tools
