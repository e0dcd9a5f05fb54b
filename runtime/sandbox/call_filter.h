// Writes a filter of system calls (seccomp(2)) as classic BPF, out of what is wanted on each ABI. Knows the form of the filter and no
// call by name; makes no system call itself.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <vector>

namespace mabplan::runtime {

// A call that is let through or refused (EPERM) by one of its arguments, of which the lower 32 bits count: the kernel takes these
// arguments as int, and what stands in the upper half must not hide a value.
struct ArgumentRule {
    enum class Test { RefuseIfAnyBit, RefuseIfOneOf, AllowIfOneOf };
    std::uint32_t call = 0;
    unsigned argument = 0;
    Test test = Test::RefuseIfOneOf;
    std::vector<std::uint32_t> values;  // RefuseIfAnyBit: one mask
};

// First to last, both included.
struct CallRange {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
};

// The calls of one ABI. What is not named and lies in one of `known` is let through; what lies in none fails with ENOSYS.
struct AbiCalls {
    std::uint32_t audit_arch = 0;  // AUDIT_ARCH_* of <linux/audit.h>
    std::uint32_t first_call = 0;  // ABIs that share one value are told apart by their numbers: x32 begins at 2^30
    std::vector<CallRange> known;
    std::vector<std::uint32_t> missing;  // fail with ENOSYS, at most 100
    std::vector<std::uint32_t> refused;  // fail with EPERM, at most 100
    std::vector<ArgumentRule> by_argument;
};

// As the kernel takes it (seccomp(2), SECCOMP_SET_MODE_FILTER). Calls of other ABIs fail with ENOSYS. Of ABIs with one audit_arch the
// one with the higher first_call comes first.
std::vector<sock_filter> write_call_filter(const std::vector<AbiCalls>& abis);

}  // namespace mabplan::runtime
