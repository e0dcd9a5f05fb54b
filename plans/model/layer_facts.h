// What is known of a layer beside its bytes, found while it was made. Plain values.
#pragma once

#include <string>

namespace mabplan {

// A file that a command wrote and its layer does not have: noise (noise.h).
struct LeftOut {
    std::string path;  // absolute
    std::string what;  // "log of dpkg"
    bool operator==(const LeftOut&) const = default;
};

// A program in a layer: the first file that is made for this architecture (OCI name).
struct ProgramFound {
    std::string architecture;
    std::string path;
    bool operator==(const ProgramFound&) const = default;
};

// A file in a layer that no image should have: an identity, or credentials.
struct BakedIn {
    std::string kind;  // a word of runtime/layers/baked_in.h
    std::string path;  // absolute
    bool operator==(const BakedIn&) const = default;
};

}  // namespace mabplan
