// The errors and warnings of one reading: collected, each once, given back in the order of the text.
#pragma once

#include "compiler/matrix/matrix.h"

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mabplan::compiler {

class Mistakes {
public:
    void add(Error error);
    void add(SourcePlace place, std::string message, std::string hint = {});
    void warn(Warning warning);

    bool empty() const { return errors_.empty(); }
    // How often an error was added, known ones as well: who compares two counts sees whether what was read between was right.
    std::size_t reported() const { return reported_; }
    Errors take_errors();
    std::vector<Warning> take_warnings();

private:
    bool is_new(const SourcePlace& place, const std::string& message);

    Errors errors_;
    std::size_t reported_ = 0;
    std::vector<Warning> warnings_;
    std::set<std::pair<std::string, std::string>> seen_;
};

}  // namespace mabplan::compiler
