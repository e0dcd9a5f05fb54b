// XXH3: for finding damage in our own files, and for telling our own values apart. The one door to xxhash. Not a content hash.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace mabplan::runtime {

std::uint64_t xxh3_64(std::string_view bytes, std::uint64_t seed = 0);

// The same over bytes that come in pieces.
class Xxh3 {
public:
    Xxh3();
    ~Xxh3();
    Xxh3(const Xxh3&) = delete;
    Xxh3& operator=(const Xxh3&) = delete;

    void update(std::string_view bytes);
    std::uint64_t finish() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mabplan::runtime
