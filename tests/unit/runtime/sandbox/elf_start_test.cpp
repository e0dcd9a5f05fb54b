#include "runtime/sandbox/elf_start.h"

#include "plans/base/format.h"
#include "runtime/sandbox/machine.h"
#include "runtime/sandbox/try_program.h"
#include "runtime/sys/file.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

constexpr const char* kBusybox = "/bin/busybox";  // linked statically

// What the changed program says, with a variable more if there is one.
std::string output_of(const std::string& program, const std::string& first, const std::string& second, const std::string& variable,
                      const std::string& rest) {
    std::string bytes = read_file(program).value();
    const auto change = start_with(std::string_view(bytes).substr(0, kElfHeadBytes), bytes.size(), first, second);
    if (!change) return "can't be changed";
    bytes.replace(0, change->head.size(), change->head);
    bytes.resize(change->tail_offset, '\0');
    bytes += change->tail;
    std::string path = (std::filesystem::temp_directory_path() / "mabplan-elf-XXXXXX").string();
    const int file = ::mkstemp(path.data());
    if (file < 0) return "no file";
    ::close(file);
    std::filesystem::remove(path);
    if (!write_file(path, bytes, 0755, Durability::Cached)) return "no file";
    // argv[0] says which of busybox's programs it is
    const auto said = read_program_output({"/bin/bash", "-c", format("{} exec -a echo \"$0\" {}", variable, rest), path});
    std::filesystem::remove(path);
    return said ? *said : said.error().message;
}

}  // namespace

TEST_CASE("a program starts with two more arguments") {
#ifdef __x86_64__
    if (::access(kBusybox, X_OK) != 0 || ::access("/bin/bash", X_OK) != 0) return;
    CHECK(output_of(kBusybox, "-cpu", "neoverse-n1", "", "one two") == "-cpu neoverse-n1 one two\n");
    CHECK(output_of(kBusybox, "a", "", "", "") == "a \n");
    CHECK(output_of(kBusybox, "x", "y", "export A=1 QEMU_CP=2 QEMU_CPUS=3 Q=4;", "z") == "x y z\n");
#endif
}

TEST_CASE("a variable that says the same goes before them") {
#ifdef __x86_64__
    if (::access(kBusybox, X_OK) != 0 || ::access("/bin/bash", X_OK) != 0) return;
    CHECK(output_of(kBusybox, "-cpu", "neoverse-n1", "export A=1 QEMU_CPU=max;", "one") == "one\n");
#endif
}

TEST_CASE("what can't be changed is left alone") {
    CHECK(!start_with("", 0, "a", "b"));
    CHECK(!start_with("#!/bin/sh\n", 10, "a", "b"));
    const std::string dynamic = read_file("/bin/true").value();
    CHECK(linking_of(dynamic.substr(0, kElfHeadBytes)) == Linking::Dynamic);
    CHECK(!start_with(std::string_view(dynamic).substr(0, kElfHeadBytes), dynamic.size(), "a", "b"));
    for (const Machine& machine : all_machines()) {  // these have no header to spare
        const std::string tiny = make_tiny_program(machine);
        CHECK(!start_with(tiny, tiny.size(), "a", "b"));
    }
    CHECK(linking_of(make_tiny_program(*find_machine_of_architecture("arm64"))) == Linking::Static);
    CHECK(linking_of("") == Linking::NoProgram);
    std::string cut = dynamic.substr(0, 70);  // says that there are headers behind its end
    CHECK(linking_of(cut) == Linking::NoProgram);
}
