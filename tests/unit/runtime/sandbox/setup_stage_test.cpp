#include "runtime/sandbox/setup_stage.h"

#include "runtime/sandbox/prepared_step.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

SetupReport exec_failure(int error, int kind) { return {SetupReport::Kind::ExecFailed, {}, error, kind}; }

}  // namespace

TEST_CASE("a command that cannot be executed is told and counted as by a shell") {
    CHECK(describe_exec_failure("foo", "/bin:/usr/bin", exec_failure(ENOENT, kNothingThere)) ==
          "exec: foo: no such file in PATH=/bin:/usr/bin\n");
    CHECK(describe_exec_failure("/foo", "", exec_failure(ENOENT, kNothingThere)) == "exec: /foo: no such file\n");
    CHECK(describe_exec_failure("/foo", "", exec_failure(ENOENT, kNoElf)) ==
          "exec: /foo: the file is there, but not the interpreter or loader that it names\n");
    CHECK(describe_exec_failure("/foo", "", exec_failure(EACCES, kNoElf)) == "exec: /foo: permission denied\n");
    CHECK(describe_exec_failure("/foo", "", exec_failure(ENOEXEC, kNoElf)) ==
          "exec: /foo: exec format error: neither a program nor a script that begins with #!\n");
    CHECK(describe_exec_failure("/foo", "", exec_failure(ENOEXEC, 22)) ==
          "exec: /foo: exec format error: a program for s390x, which this host does not run (no emulator is registered for it)\n");
    CHECK(exec_failure_code(exec_failure(ENOENT, kNoElf)) == 127);
    CHECK(exec_failure_code(exec_failure(ENOEXEC, kNoElf)) == 126);
}

TEST_CASE("an image without a folder to mount on is the step's fault, not the host's") {
    const Failure failure = explain_setup_failure({SetupReport::Kind::SetupFailed, SetupStage::DevFolder, ELOOP, 0});
    CHECK(failure.value().kind == ErrorKind::Step);
    CHECK(failure.value().message == "the step's sandbox could not find a folder /dev in the image: it is a symbolic link");
}

TEST_CASE("an overlay on an overlay is told in words") {
    const Failure failure = explain_setup_failure({SetupReport::Kind::SetupFailed, SetupStage::Overlay, EINVAL, 0});
    CHECK(format_error(failure.value()) ==
          "error: the step's sandbox could not mount its layers with overlayfs: Invalid argument\n"
          "  hint: the store may lie on an overlay itself (inside of a container) or on a file system without extended attributes: point "
          "MABPLAN_CACHE_DIR at a volume, a tmpfs, or a folder on ext4, xfs or btrfs\n");
}

TEST_CASE("hosts are those of BuildKit and the extra ones") {
    CHECK(hosts_text("mabplan", {{"db", "10.0.0.1"}}) ==
          "127.0.0.1\tlocalhost mabplan\n::1\tlocalhost ip6-localhost ip6-loopback\n10.0.0.1\tdb\n");
}
