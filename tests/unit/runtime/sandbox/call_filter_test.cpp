#include "runtime/sandbox/call_filter.h"

#include <doctest/doctest.h>
#include <linux/seccomp.h>

#include <cerrno>
#include <cstring>

using namespace mabplan::runtime;

namespace {

constexpr std::uint32_t kAllowed = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kRefused = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t kMissing = SECCOMP_RET_ERRNO | ENOSYS;

bool holds(const sock_filter& jump, std::uint32_t value) {
    switch (BPF_OP(jump.code)) {
        case BPF_JEQ: return value == jump.k;
        case BPF_JGT: return value > jump.k;
        case BPF_JGE: return value >= jump.k;
        case BPF_JSET: return (value & jump.k) != 0;
        default: return false;
    }
}

// What the kernel would do, for the instructions that the filter is made of.
std::uint32_t judge(const std::vector<sock_filter>& program, const seccomp_data& call) {
    std::uint32_t value = 0;
    for (std::size_t at = 0; at < program.size(); ++at) {
        const sock_filter& step = program[at];
        if (BPF_CLASS(step.code) == BPF_LD) std::memcpy(&value, reinterpret_cast<const char*>(&call) + step.k, sizeof value);
        else if (BPF_CLASS(step.code) == BPF_RET) return step.k;
        else if (BPF_OP(step.code) == BPF_JA) at += step.k;
        else at += holds(step, value) ? step.jt : step.jf;
    }
    return 0;
}

std::uint32_t judge(const std::vector<sock_filter>& program, std::uint32_t arch, int number, std::uint64_t first = 0,
                    std::uint64_t second = 0) {
    return judge(program, {number, arch, 0, {first, second, 0, 0, 0, 0}});
}

}  // namespace

TEST_CASE("numbers are let through, refused and missing; other ABIs have no call") {
    const auto program = write_call_filter({{7, 0, {{0, 100}, {200, 210}}, {5}, {3, 4, 205}, {}}});
    for (const int number : {0, 1, 6, 100, 200, 210}) CHECK(judge(program, 7, number) == kAllowed);
    for (const int number : {3, 4, 205}) CHECK(judge(program, 7, number) == kRefused);
    for (const int number : {5, 101, 199, 211, -1}) CHECK(judge(program, 7, number) == kMissing);
    CHECK(judge(program, 8, 0) == kMissing);
}

TEST_CASE("the lower half of an argument decides") {
    using Test = ArgumentRule::Test;
    const auto program = write_call_filter(
        {{7,
          0,
          {{0, 100}},
          {},
          {9},
          {{1, 0, Test::RefuseIfAnyBit, {0x30}}, {2, 1, Test::RefuseIfOneOf, {38, 40}}, {3, 0, Test::AllowIfOneOf, {0, 8, 0xffffffff}}}}});
    CHECK(judge(program, 7, 1, 0x0f) == kAllowed);
    CHECK(judge(program, 7, 1, 0x10) == kRefused);
    CHECK(judge(program, 7, 1, 0x1'0000'0020) == kRefused);
    CHECK(judge(program, 7, 2, 38, 39) == kAllowed);
    CHECK(judge(program, 7, 2, 0, 38) == kRefused);
    CHECK(judge(program, 7, 2, 0, 0x1'0000'0028) == kRefused);
    for (const std::uint64_t value : {0x0UL, 0x8UL, 0xffffffffUL, 0xffffffffffffffffUL}) CHECK(judge(program, 7, 3, value) == kAllowed);
    CHECK(judge(program, 7, 3, 1) == kRefused);
    CHECK(judge(program, 7, 4, 1) == kAllowed);
    CHECK(judge(program, 7, 9) == kRefused);
}

TEST_CASE("ABIs of one architecture are told apart by their numbers") {
    const auto program =
        write_call_filter({{7, 1000, {{1000, 1100}}, {}, {1001}, {}}, {7, 0, {{0, 100}}, {}, {2}, {}}, {9, 0, {{0, 5}}, {}, {}, {}}});
    CHECK(judge(program, 7, 1002) == kAllowed);
    CHECK(judge(program, 7, 1001) == kRefused);
    CHECK(judge(program, 7, 1101) == kMissing);
    CHECK(judge(program, 7, 1) == kAllowed);
    CHECK(judge(program, 7, 2) == kRefused);
    CHECK(judge(program, 7, 999) == kMissing);
    CHECK(judge(program, 9, 2) == kAllowed);
    CHECK(judge(program, 9, 6) == kMissing);
}
