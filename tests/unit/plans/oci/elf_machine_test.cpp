#include "plans/oci/elf_machine.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <tuple>

using namespace mabplan;

TEST_CASE("no two machines have one name, and none looks like another") {
    std::set<std::string_view> names;
    std::set<std::tuple<WordWidth, ByteOrder, std::uint16_t>> looks;
    for (const ElfMachine& machine : kElfMachines) {
        CHECK_MESSAGE(names.insert(machine.architecture).second, machine.architecture);
        CHECK_MESSAGE(looks.insert({machine.width, machine.order, machine.elf_machine}).second, machine.architecture);
    }
}

TEST_CASE("machines are found by the names of OCI") {
    REQUIRE(find_elf_machine("arm64") != nullptr);
    CHECK(find_elf_machine("arm64")->elf_machine == 183);
    CHECK(find_elf_machine("ppc64")->order == ByteOrder::Big);
    CHECK(find_elf_machine("386")->width == WordWidth::Bits32);
    CHECK(find_elf_machine("aarch64") == nullptr);
}
