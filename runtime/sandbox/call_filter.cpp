#include "runtime/sandbox/call_filter.h"

#include <linux/seccomp.h>

#include <bit>
#include <cerrno>
#include <cstddef>

namespace mabplan::runtime {

namespace {

using Program = std::vector<sock_filter>;

constexpr std::uint32_t kMissing = SECCOMP_RET_ERRNO | ENOSYS;
constexpr std::uint32_t kRefused = SECCOMP_RET_ERRNO | EPERM;

// Conditional jumps reach 255 instructions, so every part below is closed: it ends in a return, or runs on into the next part.
void load(Program& program, std::size_t offset) {
    program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
}
void answer(Program& program, std::uint32_t with) { program.push_back(BPF_STMT(BPF_RET | BPF_K, with)); }
void jump(Program& program, int condition, std::uint32_t value, std::size_t if_true, std::size_t if_false) {
    program.push_back(BPF_JUMP(static_cast<std::uint16_t>(BPF_JMP | condition | BPF_K), value, static_cast<std::uint8_t>(if_true),
                               static_cast<std::uint8_t>(if_false)));
}

std::size_t low_half_of(unsigned argument) {
    return offsetof(seccomp_data, args) + std::size_t{8} * argument + (std::endian::native == std::endian::big ? 4 : 0);
}

void append(Program& program, const Program& part) { program.insert(program.end(), part.begin(), part.end()); }

Program rule_body(const ArgumentRule& rule) {
    const bool allows = rule.test == ArgumentRule::Test::AllowIfOneOf;
    const int condition = rule.test == ArgumentRule::Test::RefuseIfAnyBit ? BPF_JSET : BPF_JEQ;
    Program body;
    load(body, low_half_of(rule.argument));
    for (std::size_t i = 0; i < rule.values.size(); ++i) jump(body, condition, rule.values[i], rule.values.size() - i, 0);
    answer(body, allows ? kRefused : SECCOMP_RET_ALLOW);
    answer(body, allows ? SECCOMP_RET_ALLOW : kRefused);
    return body;
}

// Runs on if the number is none of the list.
void answer_if_one_of(Program& program, const std::vector<std::uint32_t>& calls, std::uint32_t with) {
    if (calls.empty()) return;
    for (std::size_t i = 0; i < calls.size(); ++i) jump(program, BPF_JEQ, calls[i], calls.size() - i, 0);
    jump(program, BPF_JA, 1, 0, 0);
    answer(program, with);
}

// With the number loaded; returns on every way.
Program judge_number(const AbiCalls& abi) {
    Program program;
    for (const ArgumentRule& rule : abi.by_argument) {  // first: the kernel remembers what is always let through, and asks for these only
        const Program body = rule_body(rule);
        jump(program, BPF_JEQ, rule.call, 0, body.size());
        append(program, body);
    }
    answer_if_one_of(program, abi.refused, kRefused);
    answer_if_one_of(program, abi.missing, kMissing);
    for (const CallRange& range : abi.known) {
        jump(program, BPF_JGE, range.first, 0, 2);
        jump(program, BPF_JGT, range.last, 1, 0);
        answer(program, SECCOMP_RET_ALLOW);
    }
    answer(program, kMissing);
    return program;
}

}  // namespace

std::vector<sock_filter> write_call_filter(const std::vector<AbiCalls>& abis) {
    Program program;
    for (const AbiCalls& abi : abis) {
        const Program body = judge_number(abi);
        const auto skipped = static_cast<std::uint32_t>(body.size());
        load(program, offsetof(seccomp_data, arch));
        jump(program, BPF_JEQ, abi.audit_arch, 1, 0);
        jump(program, BPF_JA, skipped + 3, 0, 0);
        load(program, offsetof(seccomp_data, nr));
        jump(program, BPF_JGE, abi.first_call, 1, 0);
        jump(program, BPF_JA, skipped, 0, 0);
        append(program, body);
    }
    answer(program, kMissing);
    return program;
}

}  // namespace mabplan::runtime
