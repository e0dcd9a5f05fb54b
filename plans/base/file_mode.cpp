#include "plans/base/file_mode.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan {

namespace {

constexpr std::uint32_t kMost = 07777;
constexpr std::uint32_t kSticky = 01000;
constexpr std::uint32_t kSetIds = 06000;
constexpr std::uint32_t kPermissions = 0777;
constexpr std::uint32_t kExecute = 0111;
constexpr std::uint32_t kOthers = 0007;
constexpr std::uint32_t kAll = kSetIds | kPermissions;

// The bits of a class with its set-id bit; 0 for what is no class.
std::uint32_t class_bits(char letter) {
    switch (letter) {
        case 'u': return 04700;
        case 'g': return 02070;
        case 'o': return kOthers;
        case 'a': return kAll;
        default: return 0;
    }
}

std::uint32_t permissions_of(char letter, std::uint32_t mode) {
    const unsigned shift = letter == 'u' ? 6 : letter == 'g' ? 3 : 0;
    return (mode >> shift & kOthers) * kExecute;  // the three bits in every class
}

Failure refuse(std::string_view text) {
    const bool numeric = !text.empty() && text[0] >= '0' && text[0] <= '9';
    std::string message = format("invalid chmod parameter: '{}'. it should be octal string and between 0 and 07777", text);
    if (!numeric) message += ", or changes as \"u=rwX,go=rX\" or \"a+x\"";
    return input_error(std::move(message));
}

}  // namespace

// Takes the text apart from left to right.
class FileModeChange::Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    // Clauses parted by commas; false for a mistake.
    bool read(std::vector<Step>& steps) {
        do {
            if (!read_clause(steps)) return false;
        } while (take(','));
        return rest_.empty();
    }

private:
    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    // "ug+r-w": classes, then at least one operation.
    bool read_clause(std::vector<Step>& steps) {
        std::uint32_t who = 0;
        for (; !rest_.empty() && class_bits(rest_[0]) != 0; rest_.remove_prefix(1)) who |= class_bits(rest_[0]);
        bool any = false;
        for (; read_operation(who, steps); any = true) {
        }
        return any;
    }

    bool read_operation(std::uint32_t who, std::vector<Step>& steps) {
        Step step;
        step.who = who == 0 ? kAll : who;
        if (take('+')) step.operation = Operation::Add;
        else if (take('-')) step.operation = Operation::Remove;
        else if (!take('=')) return false;
        while (!rest_.empty() && read_permission(rest_[0], step)) rest_.remove_prefix(1);
        steps.push_back(std::move(step));
        return true;
    }

    // The set-id bits and the sticky bit are none of the others' business: "o+s" and "o+t" do nothing.
    static bool read_permission(char letter, Step& step) {
        const bool for_others_only = (step.who & ~(kOthers | kSticky)) == 0;
        switch (letter) {
            case 'r': step.bits |= 0444; return true;
            case 'w': step.bits |= 0222; return true;
            case 'x': step.bits |= kExecute; return true;
            case 'X': step.search = true; return true;
            case 's': step.bits |= for_others_only ? 0 : kSetIds; return true;
            case 't':
                step.who |= for_others_only ? 0 : kSticky;
                step.bits |= for_others_only ? 0 : kSticky;
                return true;
            case 'u':
            case 'g':
            case 'o': step.copied += letter; return true;
            default: return false;
        }
    }

    std::string_view rest_;
};

Result<FileModeChange> FileModeChange::parse(std::string_view text) {
    FileModeChange change;
    change.text_ = text;
    if (const auto number = parse_unsigned(text, 8)) {
        if (*number > kMost) return refuse(text);
        change.fixed_ = static_cast<std::uint32_t>(*number);
        return change;
    }
    if (!Reader(text).read(change.steps_)) return refuse(text);
    return change;
}

std::uint32_t FileModeChange::bits_of(const Step& step, std::uint32_t original, std::uint32_t now, bool directory) {
    std::uint32_t bits = step.bits;
    if (step.search && (directory || (original & kExecute) != 0)) bits |= kExecute;
    for (const char letter : step.copied) bits |= permissions_of(letter, now);
    return bits & step.who;
}

std::uint32_t FileModeChange::apply(std::uint32_t mode, bool directory) const {
    if (fixed_) return *fixed_;
    std::uint32_t now = mode & kMost;
    for (const Step& step : steps_) {
        const std::uint32_t bits = bits_of(step, mode, now, directory);
        // a mere copy of another class leaves the set-id bits alone
        const bool mere_copy = !step.copied.empty() && step.bits == 0 && !step.search;
        if (step.operation == Operation::Set) now &= ~(mere_copy ? step.who & kPermissions : step.who);
        if (step.operation == Operation::Remove) now &= ~bits;
        else now |= bits;
    }
    return now;
}

}  // namespace mabplan
