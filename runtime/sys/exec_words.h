// Words as execve(2) takes them. They point into the words, which must stay.
#pragma once

#include <string>
#include <vector>

namespace mabplan::runtime {

inline std::vector<char*> exec_words(const std::vector<std::string>& words) {
    std::vector<char*> list;
    // nothing is written to them
    for (const std::string& word : words) list.push_back(const_cast<char*>(word.c_str()));
    list.push_back(nullptr);
    return list;
}

}  // namespace mabplan::runtime
