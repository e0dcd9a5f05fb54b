#include "runtime/sandbox/machine.h"

#include "runtime/sandbox/binfmt.h"
#include "runtime/sandbox/try_program.h"

#include <doctest/doctest.h>
#include <sys/utsname.h>

using namespace mabplan::runtime;

TEST_CASE("the registration of a machine holds magic and mask of its ELF header") {
    CHECK(binfmt_registration(*find_machine_of_qemu("aarch64"), "mabplan-aarch64", "/usr/bin/qemu-aarch64-static", "OCF") ==
          ":mabplan-aarch64:M:0:"
          "\\x7f\\x45\\x4c\\x46\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00:"
          "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff:"
          "/usr/bin/qemu-aarch64-static:OCF");
}

TEST_CASE("a big-endian machine has its numbers the other way round") {
    const std::string line = binfmt_registration(*find_machine_of_qemu("s390x"), "mabplan-s390x", "/q", "F");
    CHECK(line.find("\\x00\\x02\\x00\\x16:") != std::string::npos);
    CHECK(line.find("\\xff\\xfe\\xff\\xff:/q:F") != std::string::npos);
}

TEST_CASE("machines are found by both of their names") {
    CHECK(find_machine_of_architecture("386") == find_machine_of_qemu("i386"));
    CHECK(find_machine_of_architecture("mips64le") == find_machine_of_qemu("mips64el"));
    CHECK(find_machine_of_architecture("sparc64") == nullptr);
}

TEST_CASE("the tiny program of this machine runs and counts its arguments") {
    utsname names{};
    REQUIRE(::uname(&names) == 0);
    const Machine* machine = find_machine_of_qemu(names.machine);
    if (machine == nullptr) return;
    const auto outcome = try_program(make_tiny_program(*machine));
    REQUIRE(outcome.has_value());
    CHECK(outcome->exec_error == 0);
    CHECK(outcome->exit_code == kTrialArguments);
}

TEST_CASE("what is no program does not run") {
    const auto outcome = try_program("no program at all");
    REQUIRE(outcome.has_value());
    CHECK(outcome->exec_error == ENOEXEC);
    CHECK(outcome->exit_code == -1);
}

TEST_CASE("flags of an entry of binfmt_misc") {
    CHECK(parse_binfmt_flags("enabled\ninterpreter /usr/bin/q\nflags: POCF\noffset 0\n") == "POCF");
    CHECK(parse_binfmt_flags("disabled\ninterpreter /usr/bin/q\nflags: F\n").empty());
}
