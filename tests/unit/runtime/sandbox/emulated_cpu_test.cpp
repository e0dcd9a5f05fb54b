#include "runtime/sandbox/emulated_cpu.h"

#include "plans/base/format.h"
#include "runtime/sandbox/machine.h"
#include "runtime/sandbox/try_program.h"
#include "runtime/sys/file.h"
#include "tests/unit/runtime/sandbox/world.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

namespace {

const Emulator kQemu{"aarch64", "/usr/bin/qemu-aarch64-static"};

bool is_testable() { return host_platform().architecture == "amd64" && ::access(kQemu.path.c_str(), X_OK) == 0; }

// A program for arm64 of one instruction, and of ending with 0 behind it.
std::string program_of(std::uint32_t instruction) {
    Machine machine = *find_machine_of_qemu("aarch64");
    std::string code;
    for (const std::uint32_t word : {instruction, 0xd2800000U, 0xd2800ba8U, 0xd4000001U})  // mov x0, 0; mov x8, 93; svc 0
        for (unsigned shift = 0; shift < 32; shift += 8) code += static_cast<char>(word >> shift & 0xffU);
    machine.code = code;
    return make_tiny_program(machine);
}

constexpr std::uint32_t kCountBytes = 0x0420e3e0;                         // cntb x0: SVE
constexpr std::uint32_t kSign = 0x9ac23020;                               // pacga x0, x1, x2: a signed address
constexpr std::uint32_t kAtomicAdd = 0xb8200000 | 1U << 16U | 31U << 5U;  // ldadd w1, w0, [sp]: Armv8.1

std::string runs(std::uint32_t instruction) { return try_program(program_of(instruction)).value().exit_code == 0 ? "runs " : "- "; }

std::string in_user_namespace(As who, const std::function<std::string()>& scenario) {
    return in_world(who, [&](World&) { return scenario(); });
}

// A QEMU that lacks these words.
std::string qemu_without(const std::vector<std::string>& words) {
    std::string bytes = read_file(kQemu.path).value();
    for (const std::string& word : words)
        for (std::size_t at = bytes.find(word); at != std::string::npos; at = bytes.find(word, at)) bytes[at] = 'X';
    std::string path = (std::filesystem::temp_directory_path() / "mabplan-qemu-XXXXXX").string();
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    std::filesystem::permissions(path, std::filesystem::perms(0755));
    path += "/qemu-aarch64";
    REQUIRE(write_file(path, bytes, 0755, Durability::Cached).has_value());
    return path;
}

}  // namespace

TEST_CASE("programs get the first model that the emulator knows, and a wider one when they need it") {
    if (!is_testable()) return;
    for (const As who : everyone()) {
        INFO(name_of(who));
        CHECK(in_user_namespace(who,
                                [] {
                                    const auto registered = register_emulators(std::span(&kQemu, 1));
                                    if (!registered) return format_error(registered.error());
                                    EmulatedCpu& cpu = *registered->cpus.at("aarch64");
                                    const auto tell = [](std::string_view model) {
                                        return format("{}: {}{}{}| ", cpu_in_words(model), runs(kAtomicAdd), runs(kCountBytes),
                                                      runs(kSign));
                                    };
                                    std::string told = tell(cpu.model());
                                    for (const std::string_view model : cpu.wider_models()) {
                                        const auto wider = cpu.widen(model);
                                        if (!wider || !*wider) return told + "no " + std::string(model);
                                        told += tell(model);
                                    }
                                    return told + tell(cpu.model()) + (cpu.is_usual() ? "usual" : "unusual");
                                }) ==
              "cpu neoverse-n1: runs - - | cpu max,pauth=off: runs runs - | cpu max,pauth-impdef=on: runs runs runs | cpu neoverse-n1: "
              "runs - - | usual");
    }
}

TEST_CASE("a wider model is for one command alone") {
    if (!is_testable()) return;
    CHECK(in_user_namespace(everyone().front(), [] {
              const auto registered = register_emulators(std::span(&kQemu, 1));
              if (!registered) return format_error(registered.error());
              EmulatedCpu& cpu = *registered->cpus.at("aarch64");
              std::atomic<int> running = 0;
              std::atomic<bool> met = false;
              std::vector<std::thread> others;
              for (int i = 0; i < 4; ++i)
                  others.emplace_back([&] {
                      for (int turn = 0; turn < 20; ++turn) {
                          const auto kept = EmulatedCpu::keep_models();
                          ++running;
                          std::this_thread::sleep_for(std::chrono::milliseconds(1));
                          --running;
                      }
                  });
              for (int turn = 0; turn < 3; ++turn) {
                  const auto wider = cpu.widen(cpu.wider_models().front());
                  if (!wider || !*wider) return std::string("not widened");
                  for (int look = 0; look < 10; ++look) {
                      if (running != 0) met = true;
                      std::this_thread::sleep_for(std::chrono::milliseconds(1));
                  }
              }
              for (std::thread& other : others) other.join();
              return std::string(met ? "ran beside another" : "alone");
          }) == "alone");
}

TEST_CASE("an emulator that does not know a model gets the next one, and that is not what others make") {
    if (!is_testable()) return;
    const std::string path = qemu_without({"neoverse-n1"});
    const std::string older = qemu_without({"neoverse-n1", "pauth"});
    const auto tell = [](const std::string& each) {
        return in_user_namespace(everyone().front(), [&] {
            const Emulator emulator{"aarch64", each};
            const auto registered = register_emulators(std::span(&emulator, 1));
            if (!registered) return format_error(registered.error());
            EmulatedCpu& cpu = *registered->cpus.at("aarch64");
            std::string told = format("{} {}", cpu.model(), cpu.is_usual() ? "usual" : "unusual");
            for (const std::string_view model : cpu.wider_models()) {
                const auto wider = cpu.widen(model);
                told += ", " + cpu_in_words(model) + (wider && *wider ? "" : " unknown");
            }
            return told;
        });
    };
    CHECK(tell(path) == "max,pauth=off unusual, cpu max,pauth-impdef=on");
    CHECK(tell(older) == "cortex-a57 unusual, QEMU's default cpu");
    for (const std::string& each : {path, older}) std::filesystem::remove_all(std::filesystem::path(each).parent_path());
}

TEST_CASE("a step that changes its root without any file of the emulator runs programs all the same") {
    const char* busybox = std::getenv("MABPLAN_TEST_BUSYBOX_ARM64");
    if (busybox == nullptr || !is_testable()) return;
    for (const As who : everyone()) {
        INFO(name_of(who));
        CHECK(in_world(who, [&](World& world) {
                  const auto registered = register_emulators(std::span(&kQemu, 1));
                  if (!registered) return format_error(registered.error());
                  SandboxSpec spec = world.step();
                  spec.lower_dirs = {world.make_layer()};
                  std::filesystem::create_directories(spec.lower_dirs[0] + "/inner");
                  for (const char* name : {"/busybox", "/inner/busybox"}) std::filesystem::copy_file(busybox, spec.lower_dirs[0] + name);
                  spec.argv = {"/busybox", "chroot", "/inner", "/busybox", "sh", "-c", "/busybox echo $0; /busybox uname -m", "inside"};
                  return world.tell(spec);
              }) == "out: inside\naarch64\nexited 0");
    }
}
