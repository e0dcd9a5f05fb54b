#include "runtime/registry/credential_helper.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"
#include "runtime/sys/fd.h"
#include "runtime/sys/file.h"
#include "runtime/sys/program.h"
#include "runtime/sys/system_error.h"

#include <sys/mman.h>

#include <cerrno>

namespace mabplan::runtime {

namespace {

Result<ProgramEnd> call_helper(const HelperSurroundings& surroundings, const std::string& name, const char* action,
                               std::string_view input) {
    if (name.empty() || name.find('/') != std::string::npos)
        return fail(ErrorKind::Input, format("{} is no name of a credential helper", quoted(name)));
    const std::string program = find_program("docker-credential-" + name, surroundings.folders);
    if (program.empty())
        return fail(ErrorKind::Environment, format("the program docker-credential-{} is not installed", name),
                    "install it, or log in with another configuration: DOCKER_CONFIG=FOLDER");
    // a secret goes through no file on a disk
    const Fd text(::memfd_create("helper-input", MFD_CLOEXEC));
    if (!text.valid()) return system_error(errno, "make", "a file in memory");
    MABPLAN_CHECK(write_all(text.get(), input, "the input of a credential helper"));
    return run_program({{program, action}, surroundings.env, "/", format("/proc/self/fd/{}", text.get())}, surroundings.stop);
}

Failure failed(const std::string& name, const char* action, const ProgramEnd& end) {
    return fail(ErrorKind::Environment, format("docker-credential-{} {} ended with {}", name, action, end.code));
}

}  // namespace

Result<std::optional<Credentials>> ask_credential_helper(const HelperSurroundings& surroundings, const std::string& name,
                                                         const std::string& server) {
    MABPLAN_TRY(end, call_helper(surroundings, name, "get", server));
    // that it has none it says on standard output, in these words and with a failure
    if (end.code != 0 && end.output.find("credentials not found") != std::string::npos) return std::optional<Credentials>();
    if (end.code != 0) return failed(name, "get", end);
    return parse_helper_answer(end.output, name).map([](Credentials found) { return std::optional(std::move(found)); });
}

Status store_with_helper(const HelperSurroundings& surroundings, const std::string& name, const std::string& server,
                         const Credentials& credentials) {
    const Json json{{"ServerURL", server}, {"Username", credentials.user}, {"Secret", credentials.password}};
    MABPLAN_TRY(end, call_helper(surroundings, name, "store", dump_json(json)));
    return end.code == 0 ? Status{} : Status(failed(name, "store", end));
}

Status erase_with_helper(const HelperSurroundings& surroundings, const std::string& name, const std::string& server) {
    MABPLAN_TRY(end, call_helper(surroundings, name, "erase", server));
    const bool had_none = end.output.find("credentials not found") != std::string::npos;
    return end.code == 0 || had_none ? Status{} : Status(failed(name, "erase", end));
}

}  // namespace mabplan::runtime
