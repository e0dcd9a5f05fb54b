// The platform truth: which machine the programs in a layer are made for, from their ELF headers, against what an image claims.
#pragma once

#include "plans/oci/platform.h"
#include "runtime/layer/tar_reader.h"
#include "runtime/store/records.h"
#include "runtime/sys/byte_stream.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// The architecture (OCI name) an ELF file is made for, from its first 20 bytes (ELF specification, e_machine, EI_DATA, EI_CLASS);
// nothing for other files and for machines that have no OCI name.
std::optional<std::string> elf_architecture(std::string_view first_bytes);

// The architectures of programs, each with the first file that shows it.
class Programs {
public:
    // `path` as it stands in a layer, and at least the first 20 bytes if the file has them.
    void see(std::string_view path, std::string_view first_bytes);
    const std::vector<ProgramFound>& found() const { return found_; }

private:
    std::vector<ProgramFound> found_;
};

// Of the programs in a layer tar.
Result<std::vector<ProgramFound>> find_programs(ByteSource& tar, const TarLimits& limits = {});

// True if programs of this architecture run on the platform as it is (386 on amd64, arm on arm64).
bool runs_on(const std::string& architecture, const Platform& platform);

}  // namespace mabplan::runtime
