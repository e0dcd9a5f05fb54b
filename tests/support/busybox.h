// A static busybox of this host in a layer, for tests that run commands. Debian has it in busybox-static; MABPLAN_TEST_BUSYBOX names
// another.
#pragma once

#include "runtime/sys/file.h"
#include "tests/support/layer_builder.h"

#include <cstdlib>
#include <optional>
#include <string>

namespace mabplan::tests {

// The tar of a layer with /bin/busybox, sh and sleep; nothing where this host has none that is static.
inline std::optional<std::string> busybox_layer() {
    const char* named = std::getenv("MABPLAN_TEST_BUSYBOX");
    const auto program = runtime::read_file(named != nullptr ? named : "/bin/busybox", 16U << 20U);
    if (!program || program->substr(0, 4096).find("/ld-") != std::string::npos) return std::nullopt;
    return tar_of({{folder_line("bin"), {}},
                   {file_line("bin/busybox", program->size(), 0755), *program},
                   {line("bin/sh", FileType::Symlink, 0777, "busybox"), {}},
                   {line("bin/sleep", FileType::Symlink, 0777, "busybox"), {}}});
}

}  // namespace mabplan::tests
