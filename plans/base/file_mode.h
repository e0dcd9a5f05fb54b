// What --chmod does to a file mode: an octal number, or changes as chmod(1) of POSIX.1-2024 writes them ("u=rwX,go=rX", "a+x", "g=u"),
// with no umask. Knows modes as numbers; touches no file.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

class FileModeChange {
public:
    // An Input error for an empty text, a number above 07777 or with other digits, and anything that is no change.
    static Result<FileModeChange> parse(std::string_view text);

    // The permission bits (07777) that a file, or a directory, of these bits gets.
    std::uint32_t apply(std::uint32_t mode, bool directory) const;
    // The mode, where it does not depend on that of the file.
    std::optional<std::uint32_t> fixed_mode() const { return fixed_; }
    const std::string& text() const { return text_; }  // as written

    bool operator==(const FileModeChange& other) const { return text_ == other.text_; }

private:
    enum class Operation { Add, Remove, Set };

    // One "+rw", "=u" or "-X" with the classes that it is for.
    struct Step {
        Operation operation = Operation::Set;
        std::uint32_t who = 0;   // the bits it may touch
        std::uint32_t bits = 0;  // r w x s t, in every class
        bool search = false;     // X: x for directories, and for files that have an x
        std::string copied;      // letters of the classes whose bits are copied
    };

    class Reader;
    static std::uint32_t bits_of(const Step& step, std::uint32_t original, std::uint32_t now, bool directory);

    std::string text_;
    std::optional<std::uint32_t> fixed_;
    std::vector<Step> steps_;
};

}  // namespace mabplan
