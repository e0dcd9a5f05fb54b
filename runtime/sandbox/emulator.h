// How programs of a platform run on this host: natively, or through a QEMU user-mode emulator. Knows binfmt_misc and the files of
// QEMU; does not know images or plans.
#pragma once

#include "plans/base/result.h"
#include "plans/oci/platform.h"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace mabplan::runtime {

struct Native {
    bool operator==(const Native&) const = default;
};

struct Emulator {
    std::string machine;  // QEMU's word: "aarch64", "arm", "i386", "ppc64le", "s390x", "riscv64", "mips64el", "x86_64"
    std::string path;     // absolute: "/usr/bin/qemu-aarch64-static"
    bool operator==(const Emulator&) const = default;
};

using Execution = std::variant<Native, Emulator>;

// What an emulator is, for records and logs. Runs it once with --version.
struct EmulatorIdentity {
    std::string name;     // "qemu-aarch64-static"
    std::string version;  // "qemu-aarch64 version 7.2.22 (…)": the first line
};

// The platform that this machine runs natively, from uname(2), normalised; the architecture is empty if it has no OCI name.
Platform host_platform();

// `folders`: where to look for qemu-<machine>-static and qemu-<machine> (PATH, split); of several the newest is taken. A platform of the
// CPU's other width (386 on amd64, arm on arm64) is native if a program of it really runs. An Environment error names the package to
// install; another operating system than Linux and an architecture without an emulator are Environment errors too.
Result<Execution> find_execution(const Platform& wanted, const Platform& host, std::span<const std::string> folders);

Result<EmulatorIdentity> identify_emulator(const Emulator& emulator);

enum class Registration {
    Nothing,  // the list was empty
    Private,  // a binfmt_misc of this mount namespace: the host is not changed and its handlers do not apply here any more
    Host,     // an older kernel: the host's own handlers were found to be good (flag F)
};

class EmulatedCpu;

struct Registered {
    Registration where = Registration::Nothing;
    std::map<std::string, std::shared_ptr<EmulatedCpu>> cpus;  // by QEMU's word for the machine; none for the host's own handlers
};

// Makes the programs of all these emulators run in every step of this process. After enter_user_namespace(), with all that the
// build needs. Verified by running a program of each machine.
Result<Registered> register_emulators(std::span<const Emulator> emulators);

// For a command that starts a program of another platform than its own (in a foreign root, say): whether that runs is to depend on the
// host alone, and not on what else a build needs. Enters every emulator that the host has for machines that are not among `registered`;
// what can't be entered is left. Nothing on a kernel before 6.7: there the host's own table counts.
void register_others(Registered& registered, const Platform& host, std::span<const std::string> folders);

}  // namespace mabplan::runtime
