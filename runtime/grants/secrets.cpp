#include "runtime/grants/secrets.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMostBytes = 500U << 10U;  // as BuildKit: a secret is no way to bring files in

Failure not_given(const std::string& id) {
    return fail(ErrorKind::Input, format("the secret {} is needed and not given", quoted(id)),
                format("--secret id={0},src=FILE or --secret id={0},env=VARIABLE", id));
}

Failure too_large(const std::string& id) { return input_error(format("the secret {} is larger than 500 KiB", quoted(id))); }

}  // namespace

std::string expand_home(const std::string& path, const std::string& home) {
    return path.starts_with("~/") && !home.empty() ? home + path.substr(1) : path;
}

const SecretSource* Secrets::source(const std::string& id) const {
    const auto found = std::find_if(sources_.begin(), sources_.end(), [&](const SecretSource& source) { return source.id == id; });
    return found == sources_.end() ? nullptr : &*found;
}

std::optional<std::string> Secrets::variable(const std::string& name) const {
    const auto known = user_.variables.find(name);
    return known == user_.variables.end() ? std::nullopt : std::optional(known->second);
}

Result<std::string> Secrets::read(const SecretSource& source) const {
    std::string value;
    if (source.environment) {
        value = variable(*source.environment).value_or(std::string());
    } else {
        auto read = read_file(join_path(folder_, expand_home(source.file.value_or(source.id), user_.home)), kMostBytes);
        if (!read) return pass(std::move(read).error(), format("reading the secret {}", quoted(source.id)));
        value = *std::move(read);
    }
    if (value.size() > kMostBytes) return too_large(source.id);
    return value;
}

Status Secrets::check_files() const {
    for (const SecretSource& from : sources_) {
        if (from.environment || source(from.id) != &from) continue;
        const std::string path = join_path(folder_, expand_home(from.file.value_or(from.id), user_.home));
        struct stat facts {};
        if (::stat(path.c_str(), &facts) != 0 || ::access(path.c_str(), R_OK) != 0)
            return pass(system_error(errno, "read", path, ErrorKind::Input).value(), format("looking for the secret {}", quoted(from.id)));
        if (S_ISDIR(facts.st_mode))
            return input_error(format("the secret {} is to be a file, and {} is a folder", quoted(from.id), quoted(path)));
        if (S_ISREG(facts.st_mode) && static_cast<std::uint64_t>(facts.st_size) > kMostBytes) return too_large(from.id);
    }
    return {};
}

Status Secrets::load(const SecretMount& secret) {
    const SecretSource* from = source(secret.id);
    if (from == nullptr && secret.required) return not_given(secret.id);
    if (from != nullptr && secret.required && from->environment && !variable(*from->environment))
        return input_error(format("the secret {}: the environment has no variable {}", quoted(from->id), *from->environment));
    if (from == nullptr || values_.contains(secret.id)) return {};
    MABPLAN_TRY(value, read(*from));
    values_.emplace(secret.id, std::move(value));
    return {};
}

const std::string* Secrets::find(const std::string& id) const {
    const auto found = values_.find(id);
    return found == values_.end() ? nullptr : &found->second;
}

}  // namespace mabplan::runtime
