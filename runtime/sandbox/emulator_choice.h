// Which of the QEMUs of a host runs the programs of a machine.
#pragma once

#include "plans/base/result.h"
#include "runtime/sandbox/machine.h"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// 7.2.22 of "qemu-aarch64 version 7.2.22 (Debian 1:7.2+dfsg-7)"; zeros where there is none.
std::array<unsigned, 3> parse_qemu_version(std::string_view first_line);

struct InstalledEmulators {
    std::vector<std::string> usable;   // absolute paths, in the order of the folders; a file with two names counts once
    std::vector<std::string> dynamic;  // linked dynamically: they don't start in the root of a step, where their libraries are not
};

// qemu-<machine>-static and qemu-<machine> in these folders.
InstalledEmulators find_emulators(const Machine& machine, std::span<const std::string> folders);

// The newest: what crashes under one version is mended in a later one, and with the same CPU they differ little in speed. Of equal ones
// the first. One that does not say its version is the last choice. Not empty.
std::string choose_emulator(const std::vector<std::string>& usable);

}  // namespace mabplan::runtime
