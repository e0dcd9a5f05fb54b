#include "runtime/layer/file_capability.h"

#include <cstddef>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kRevisionAt = 3;  // the number is little endian
constexpr std::size_t kBytesOfRevision2 = 20;
constexpr std::size_t kBytesOfRootId = 4;  // revision 3 ends with it

}  // namespace

bool is_file_capability(std::string_view value) {
    return (value.size() == kBytesOfRevision2 && value[kRevisionAt] == 2) ||
           (value.size() == kBytesOfRevision2 + kBytesOfRootId && value[kRevisionAt] == 3);
}

std::string settled_file_capability(std::string value) {
    if (value.substr(kBytesOfRevision2) != std::string(kBytesOfRootId, '\0')) return value;
    value.resize(kBytesOfRevision2);
    value[kRevisionAt] = 2;
    return value;
}

}  // namespace mabplan::runtime
