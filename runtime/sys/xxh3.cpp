#include "runtime/sys/xxh3.h"

#include <xxhash.h>

#include <new>

namespace mabplan::runtime {

std::uint64_t xxh3_64(std::string_view bytes, std::uint64_t seed) { return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed); }

struct Xxh3::State {
    XXH3_state_t* value = XXH3_createState();
    State() {
        if (value == nullptr) throw std::bad_alloc();
        XXH3_64bits_reset(value);
    }
    ~State() { XXH3_freeState(value); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Xxh3::Xxh3() : state_(std::make_unique<State>()) {}
Xxh3::~Xxh3() = default;

void Xxh3::update(std::string_view bytes) { XXH3_64bits_update(state_->value, bytes.data(), bytes.size()); }
std::uint64_t Xxh3::finish() const { return XXH3_64bits_digest(state_->value); }

}  // namespace mabplan::runtime
