// What must not be part of an image and a command left in its layer: identities, which all containers of the image would share, and
// credentials, which all who have the image would have. Judges a file by its path and its first bytes; what is said of it is
// baked_in_warning's.
#pragma once

#include "runtime/store/records.h"

#include <string_view>
#include <vector>

namespace mabplan::runtime {

// The words of BakedIn::kind.
namespace baked {
inline constexpr std::string_view kHostKey = "ssh-host-key";
inline constexpr std::string_view kMachineId = "machine-id";
inline constexpr std::string_view kPrivateKey = "private-key";
inline constexpr std::string_view kCredentials = "credentials";
inline constexpr std::string_view kClosedFolder = "closed-folder";  // of a COPY: one that nobody but root can enter
}  // namespace baked

class BakedInFiles {
public:
    // `path` as it stands in a layer, and the first bytes of the file: small files whole.
    void see(std::string_view path, std::string_view first_bytes);
    const std::vector<BakedIn>& found() const { return found_; }

private:
    std::vector<BakedIn> found_;
};

}  // namespace mabplan::runtime
