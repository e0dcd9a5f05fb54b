// A file descriptor that closes itself.
#pragma once

#include <utility>

namespace mabplan::runtime {

class Fd {
public:
    Fd() = default;
    explicit Fd(int number) : number_(number) {}
    ~Fd() { reset(); }
    Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        if (this != &other) reset(std::exchange(other.number_, -1));
        return *this;
    }

    int get() const { return number_; }
    bool valid() const { return number_ >= 0; }
    int release() { return std::exchange(number_, -1); }
    void reset(int number = -1);

private:
    int number_ = -1;
};

}  // namespace mabplan::runtime
